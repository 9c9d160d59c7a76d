using UpgradeOps.Engine.Streams;

namespace UpgradeOps.Engine.Hosts.Ssh;

/// <summary>What a script prints, as it comes. It ends only where the script has ended well; else the last read fails.</summary>
internal sealed class SshReadStream : ReadOnlyStream
{
    private readonly SshHost _host;
    private readonly SshSession _session;
    private readonly SshExchange _exchange;
    private readonly Action<SshAnswer> _expect;
    private bool _ended;
    private bool _closed;

    private SshReadStream(SshHost host, SshSession session, SshExchange exchange, Action<SshAnswer> expect) =>
        (_host, _session, _exchange, _expect) = (host, session, exchange, expect);

    /// <param name="expect">Throws when the script did not end well.</param>
    public static async Task<SshReadStream> OpenAsync(SshHost host, string script, Action<SshAnswer> expect, CancellationToken cancellationToken)
    {
        var session = await host.ConnectAsync(null, cancellationToken).ConfigureAwait(false);
        try
        {
            return new SshReadStream(host, session, await SshExchange.BeginAsync(session, script, hasInput: false, CancellationToken.None).ConfigureAwait(false), expect);
        }
        catch
        {
            await host.Connections.DropAsync(session).ConfigureAwait(false);
            throw;
        }
    }

    public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
    {
        if (_ended || buffer.Length == 0)
            return 0;
        var count = await _exchange.ReadAsync(buffer, cancellationToken).ConfigureAwait(false);
        if (count > 0)
            return count;

        var answer = await _exchange.FinishAsync(cancellationToken).ConfigureAwait(false);
        _ended = true;
        _expect(answer);
        return 0;
    }

    public override async ValueTask DisposeAsync()
    {
        if (_closed)
            return;
        _closed = true;
        if (_ended)
            await _host.Connections.ReturnAsync(_session).ConfigureAwait(false);
        else
            await _host.Connections.DropAsync(_session).ConfigureAwait(false);
        GC.SuppressFinalize(this);
    }

    protected override void Dispose(bool disposing)
    {
        if (disposing)
            DisposeAsync().AsTask().GetAwaiter().GetResult();
        base.Dispose(disposing);
    }
}
