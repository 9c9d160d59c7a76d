using UpgradeOps.Engine.Streams;

namespace UpgradeOps.Engine.Hosts.Ssh;

/// <summary>
/// Standard input and output of a command over there as one stream, for programs that talk to each other through it. One reads while one writes. A
/// connection that is lost, or a command that fails, ends it with an <see cref="IOException"/>.
/// </summary>
internal sealed class SshPipe : DuplexStream
{
    private readonly SshHost _host;
    private readonly SshSession _session;
    private readonly SshExchange _exchange;
    private readonly string _command;
    private bool _ended;
    private int _closed;

    private SshPipe(SshHost host, SshSession session, SshExchange exchange, string command) =>
        (_host, _session, _exchange, _command) = (host, session, exchange, command);

    /// <exception cref="AppException">The host cannot be reached.</exception>
    public static async Task<SshPipe> OpenAsync(SshHost host, HostCommand command, CancellationToken cancellationToken)
    {
        var session = await host.ConnectAsync(null, cancellationToken).ConfigureAwait(false);
        try
        {
            var exchange = await SshExchange.BeginAsync(session, CommandScript.Of(command), hasInput: true, CancellationToken.None).ConfigureAwait(false);
            return new SshPipe(host, session, exchange, command.FileName);
        }
        catch
        {
            await host.Connections.DropAsync(session).ConfigureAwait(false);
            throw;
        }
    }

    /// <summary>Ends the command's standard input.</summary>
    public Task EndInputAsync(CancellationToken cancellationToken) => _exchange.EndInputAsync(cancellationToken);

    public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
    {
        // A read of nothing waits for something to come, as a socket's does; it is not known here, and costs no more than the next read.
        if (_ended || buffer.Length == 0)
            return 0;
        var count = await _exchange.ReadAsync(buffer, cancellationToken).ConfigureAwait(false);
        if (count > 0)
            return count;
        SshAnswer answer;
        try
        {
            answer = await _exchange.FinishAsync(cancellationToken).ConfigureAwait(false);
        }
        catch (AppException e) when (e.ErrorId == ErrorIds.HostConnectionLost)
        {
            throw new IOException(e.Message, e);
        }

        _ended = true;
        return answer.ExitCode == 0 ? 0 : throw new IOException($"{_command} on {_host.Address} ended with {answer.Status}: {answer.Error.Trim()}");
    }

    public override ValueTask WriteAsync(ReadOnlyMemory<byte> buffer, CancellationToken cancellationToken = default) => new(_exchange.WriteAsync(buffer, cancellationToken));

    public override async ValueTask DisposeAsync()
    {
        if (Interlocked.Exchange(ref _closed, 1) == 0)
        {
            if (_ended)
                await _host.Connections.ReturnAsync(_session).ConfigureAwait(false);
            else
                await _host.Connections.DropAsync(_session).ConfigureAwait(false);
        }

        GC.SuppressFinalize(this);
    }

    protected override void Dispose(bool disposing)
    {
        if (disposing)
            DisposeAsync().AsTask().GetAwaiter().GetResult();
        base.Dispose(disposing);
    }
}
