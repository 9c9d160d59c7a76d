using UpgradeOps.Engine.Streams;

namespace UpgradeOps.Engine.Hosts.Ssh;

/// <summary>The standard input of a script. What was written is there, and on disk, when it has been disposed without an exception.</summary>
internal sealed class SshWriteStream : WriteOnlyStream
{
    private readonly SshHost _host;
    private readonly SshSession _session;
    private readonly SshExchange _exchange;
    private readonly Action<SshAnswer> _expect;
    private bool _closed;

    private SshWriteStream(SshHost host, SshSession session, SshExchange exchange, Action<SshAnswer> expect) =>
        (_host, _session, _exchange, _expect) = (host, session, exchange, expect);

    /// <param name="expect">Throws when the script did not end well.</param>
    public static async Task<SshWriteStream> OpenAsync(SshHost host, string script, Action<SshAnswer> expect, CancellationToken cancellationToken)
    {
        var session = await host.ConnectAsync(null, cancellationToken).ConfigureAwait(false);
        try
        {
            return new SshWriteStream(host, session, await SshExchange.BeginAsync(session, script, hasInput: true, CancellationToken.None).ConfigureAwait(false), expect);
        }
        catch
        {
            await host.Connections.DropAsync(session).ConfigureAwait(false);
            throw;
        }
    }

    public override async ValueTask WriteAsync(ReadOnlyMemory<byte> buffer, CancellationToken cancellationToken = default) =>
        await _exchange.WriteAsync(buffer, cancellationToken).ConfigureAwait(false);

    public override async ValueTask DisposeAsync()
    {
        if (_closed)
            return;
        _closed = true;
        try
        {
            await _exchange.EndInputAsync(CancellationToken.None).ConfigureAwait(false);
            await _exchange.CopyOutputAsync(Null, CancellationToken.None).ConfigureAwait(false);
            var answer = await _exchange.FinishAsync(CancellationToken.None).ConfigureAwait(false);
            await _host.Connections.ReturnAsync(_session).ConfigureAwait(false);
            _expect(answer);
        }
        catch (AppException e) when (e.ErrorId == ErrorIds.HostConnectionLost)
        {
            await _host.Connections.DropAsync(_session).ConfigureAwait(false);
            throw;
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
