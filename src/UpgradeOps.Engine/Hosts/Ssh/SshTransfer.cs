namespace UpgradeOps.Engine.Hosts.Ssh;

/// <summary>A whole exchange with streams on this side.</summary>
internal static class SshTransfer
{
    private const int Piece = 128 * 1024;

    /// <exception cref="AppException"><see cref="ErrorIds.HostConnectionLost"/>.</exception>
    /// <exception cref="IOException">A stream of this side failed; the script has not seen the end of its input.</exception>
    public static async Task<SshAnswer> RunAsync(SshSession session, string script, Stream? input, Stream output, CancellationToken cancellationToken)
    {
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        var exchange = await SshExchange.BeginAsync(session, script, input is not null, stop.Token).ConfigureAwait(false);
        var feed = input is null ? Task.CompletedTask : FeedAsync(exchange, input, stop.Token);
        var copy = exchange.CopyOutputAsync(output, stop.Token);
        try
        {
            if (await Task.WhenAny(feed, copy).ConfigureAwait(false) == feed)
                await feed.ConfigureAwait(false);
            await copy.ConfigureAwait(false);
            return await exchange.FinishAsync(cancellationToken).ConfigureAwait(false);
        }
        catch
        {
            session.Kill();
            cancellationToken.ThrowIfCancellationRequested();
            throw;
        }
        finally
        {
            await stop.CancelAsync().ConfigureAwait(false);
            await Task.WhenAll(feed, copy).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }

    private static async Task FeedAsync(SshExchange exchange, Stream input, CancellationToken cancellationToken)
    {
        var buffer = new byte[Piece];
        int count;
        while ((count = await input.ReadAsync(buffer, cancellationToken).ConfigureAwait(false)) > 0)
            await exchange.WriteAsync(buffer.AsMemory(0, count), cancellationToken).ConfigureAwait(false);
        await exchange.EndInputAsync(cancellationToken).ConfigureAwait(false);
    }
}
