using System.Globalization;
using System.Net.Sockets;
using System.Text;
using System.Text.Json;

namespace UpgradeOps.Engine.Docker;

internal sealed partial class DockerClient
{
    /// <summary>
    /// Runs a command in a running container with its standard streams as bytes, exactly as they are, of any length in flat memory.
    /// </summary>
    /// <param name="input">Copied to the command's input, which then ends; null for no input.</param>
    /// <param name="output">Gets the command's output; null to drop it.</param>
    /// <returns>How it ended; a non-zero exit code is a result. A cut connection is an error, never a short output.</returns>
    /// <remarks>
    /// Cancelling, or a failing <paramref name="input"/>, closes the streams. The engine has no way to kill the command: it sees its input
    /// end as if that were all, so a command that loads data must be able to tell, or work where nothing counts until it is checked.
    /// </remarks>
    public async Task<ExecResult> ExecAsync(string containerId, ExecCommand command, Stream? input, Stream? output, CancellationToken cancellationToken)
    {
        var id = await CreateExecAsync(containerId, command, input is not null, cancellationToken).ConfigureAwait(false);
        var error = new TailBuffer(ExecResult.ErrorLimit);
        var connection = await StartExecAsync(id, cancellationToken).ConfigureAwait(false);
        await using (connection.ConfigureAwait(false))
            await PumpAsync(connection, input, output, error, cancellationToken).ConfigureAwait(false);
        return new ExecResult(await ExitCodeAsync(id, cancellationToken).ConfigureAwait(false), error.ToString());
    }

    /// <summary>Starts a command whose standard input stays open for a conversation.</summary>
    public async Task<ExecRun> BeginExecAsync(string containerId, ExecCommand command, CancellationToken cancellationToken)
    {
        var id = await CreateExecAsync(containerId, command, withInput: true, cancellationToken).ConfigureAwait(false);
        return new ExecRun(this, id, await StartExecAsync(id, cancellationToken).ConfigureAwait(false), _time);
    }

    private async Task PumpAsync(DockerConnection connection, Stream? input, Stream? output, TailBuffer error, CancellationToken cancellationToken)
    {
        using var sending = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        var send = input is null ? Task.CompletedTask : SendInputAsync(connection, input, sending.Token);
        var receive = ReceiveAsync(connection, output, error, cancellationToken);
        if (await Task.WhenAny(send, receive).ConfigureAwait(false) == send && send.IsFaulted)
        {
            await connection.DisposeAsync().ConfigureAwait(false);
            await receive.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
        else
        {
            await receive.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            // The command has ended; what it did not read of its input is of no use any more.
            await sending.CancelAsync().ConfigureAwait(false);
            await send.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }

        if (send.IsFaulted)
            await send.ConfigureAwait(false);
        await receive.ConfigureAwait(false);
    }

    /// <summary>Runs a command and returns its output as text.</summary>
    public async Task<(ExecResult Result, string Output)> ExecTextAsync(string containerId, ExecCommand command, CancellationToken cancellationToken)
    {
        using var output = new MemoryStream();
        var result = await ExecAsync(containerId, command, null, output, cancellationToken).ConfigureAwait(false);
        return (result, Encoding.UTF8.GetString(output.GetBuffer(), 0, (int)output.Length));
    }

    private async Task<string> CreateExecAsync(string containerId, ExecCommand command, bool withInput, CancellationToken cancellationToken)
    {
        var spec = new ExecSpec
        {
            Cmd = command.Arguments,
            Env = command.Environment.Select(e => $"{e.Key}={e.Value}").ToList(),
            User = command.User,
            WorkingDir = command.WorkingDirectory,
            AttachStdin = withInput,
        };
        using var response = await PostAsync($"containers/{Escape(containerId)}/exec", spec, DockerJson.Default.ExecSpec, cancellationToken).ConfigureAwait(false);
        await EnsureAsync(response, containerId, cancellationToken).ConfigureAwait(false);
        return (await ReadAsync(response, DockerJson.Default.CreatedId, "the command", cancellationToken).ConfigureAwait(false)).Id;
    }

    private async Task<DockerConnection> StartExecAsync(string id, CancellationToken cancellationToken)
    {
        var version = await VersionAsync(cancellationToken).ConfigureAwait(false);
        var body = JsonSerializer.SerializeToUtf8Bytes(new ExecStart(false, false), DockerJson.Default.ExecStart);
        return await HijackedConnection.OpenAsync(Endpoint, $"/{version}/exec/{id}/start", body, cancellationToken).ConfigureAwait(false);
    }

    /// <summary>Copies to a command's input, which then ends; one that ended without reading all is no error here.</summary>
    internal static async Task SendInputAsync(DockerConnection connection, Stream input, CancellationToken cancellationToken)
    {
        try
        {
            await CommandInput.FeedAsync(input, connection.Stream, cancellationToken).ConfigureAwait(false);
            await CloseAsync(connection, cancellationToken).ConfigureAwait(false);
        }
        catch (InputRefusedException)
        {
            // The command ended without reading all; its exit code and error text say why.
        }
    }

    private static async Task CloseAsync(DockerConnection connection, CancellationToken cancellationToken)
    {
        try
        {
            await connection.CloseWriteAsync(cancellationToken).ConfigureAwait(false);
        }
        catch (Exception e) when (e is IOException or SocketException or ObjectDisposedException)
        {
            throw new InputRefusedException(e);
        }
    }

    /// <summary>Copies what a command writes until it ends. For <see cref="ExecRun"/>.</summary>
    internal async Task ReceiveAsync(DockerConnection connection, Stream? output, TailBuffer error, CancellationToken cancellationToken)
    {
        try
        {
            await DemultiplexedStream.CopyAsync(connection.Stream, output ?? Stream.Null, error, cancellationToken).ConfigureAwait(false);
        }
        catch (EngineStreamCutException e)
        {
            throw new AppException(ErrorIds.EngineFailed, $"The connection to the Docker Engine broke while a command ran: {e.Message}", Endpoint.Address, inner: e);
        }
    }

    internal Task<ExecDetails> InspectExecAsync(string id, CancellationToken cancellationToken) =>
        GetAsync($"exec/{id}/json", DockerJson.Default.ExecDetails, cancellationToken);

    /// <summary>Of a command whose output has ended.</summary>
    internal async Task<int> ExitCodeAsync(string id, CancellationToken cancellationToken)
    {
        // The streams end a moment before the engine has noted the exit code.
        for (var attempt = 0; attempt < 100; attempt++)
        {
            var exec = await InspectExecAsync(id, cancellationToken).ConfigureAwait(false);
            if (exec is { Running: false, ExitCode: { } code })
                return code;
            await Task.Delay(TimeSpan.FromMilliseconds(Math.Min(10 * (attempt + 1), 200)), _time, cancellationToken).ConfigureAwait(false);
        }

        throw new AppException(
            ErrorIds.EngineFailed,
            string.Create(CultureInfo.InvariantCulture, $"A command closed its output in a container but still runs; its result is not known."),
            id);
    }
}
