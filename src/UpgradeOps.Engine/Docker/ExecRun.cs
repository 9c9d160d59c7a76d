using System.Text;

namespace UpgradeOps.Engine.Docker;

/// <summary>A command that runs in a container, with a conversation between its standard streams and this side.</summary>
internal sealed class ExecRun(DockerClient docker, string id, DockerConnection connection, TimeProvider time) : IAsyncDisposable
{
    private const int Attempts = 20;

    private readonly TailBuffer _error = new(ExecResult.ErrorLimit);

    /// <summary>Copies its output until it ends.</summary>
    public Task ReceiveAsync(Stream output, CancellationToken cancellationToken) => docker.ReceiveAsync(connection, output, _error, cancellationToken);

    /// <summary>Writes to its standard input, which stays open.</summary>
    public async Task SayAsync(string text, CancellationToken cancellationToken)
    {
        try
        {
            await connection.Stream.WriteAsync(Encoding.UTF8.GetBytes(text), cancellationToken).ConfigureAwait(false);
        }
        catch (IOException)
        {
            // It has ended; its exit code says why.
        }
    }

    /// <summary>Copies to its standard input, which then ends.</summary>
    public Task FeedAsync(Stream input, CancellationToken cancellationToken) => DockerClient.SendInputAsync(connection, input, cancellationToken);

    /// <returns>Its number on the engine's machine; null when it has ended, or the engine does not tell.</returns>
    public async Task<int?> ProcessAsync(CancellationToken cancellationToken)
    {
        // What it writes may come a moment before the engine has noted who it is.
        for (var attempt = 1; ; attempt++)
        {
            var exec = await docker.InspectExecAsync(id, cancellationToken).ConfigureAwait(false);
            if (exec is { Running: true, Pid: > 0 })
                return exec.Pid;
            if (!exec.Running || exec.Pid is null || attempt == Attempts)
                return null;
            await Task.Delay(TimeSpan.FromMilliseconds(10 * attempt), time, cancellationToken).ConfigureAwait(false);
        }
    }

    /// <summary>After its output ended.</summary>
    public async Task<ExecResult> EndAsync(CancellationToken cancellationToken) =>
        new(await docker.ExitCodeAsync(id, cancellationToken).ConfigureAwait(false), _error.ToString());

    /// <summary>Cuts the conversation: its standard input ends.</summary>
    public void Leave() => connection.Stream.Dispose();

    public ValueTask DisposeAsync() => connection.DisposeAsync();
}
