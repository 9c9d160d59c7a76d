namespace UpgradeOps.Engine.Databases.PostgreSql;

/// <summary>
/// Puts one database into another's place. Both names change in one transaction, so a crash leaves the world before or after it;
/// every call looks first which it is. While it goes on, nobody may connect.
/// </summary>
internal sealed class PostgresSwap(PostgresServer server)
{
    private static readonly PostgresDialect Sql = PostgresDialect.Instance;

    /// <param name="incoming">Becomes <paramref name="live"/>.</param>
    /// <param name="outgoing">The name that the live one gets; must be free unless this has been done.</param>
    public async Task RunAsync(string live, string incoming, string outgoing, CancellationToken cancellationToken)
    {
        var there = await server.ExistingAsync(cancellationToken, live, incoming, outgoing).ConfigureAwait(false);
        switch (there.Contains(live), there.Contains(incoming), there.Contains(outgoing))
        {
            case (true, false, true):
                // Done, perhaps but for the last word.
                await AllowAsync(cancellationToken, live, outgoing).ConfigureAwait(false);
                return;
            case (true, true, true):
                throw new AppException(ErrorIds.DatabaseNameTaken, $"There is a database '{outgoing}' already, so '{live}' cannot be kept under that name.", outgoing);
            case (false, true, _):
                await ExchangeAsync([incoming], [Rename(incoming, live)], [live], cancellationToken).ConfigureAwait(false);
                return;
            case (true, true, false):
                await ExchangeAsync([live, incoming], [Rename(live, outgoing), Rename(incoming, live)], [live, outgoing], cancellationToken).ConfigureAwait(false);
                return;
            default:
                await AllowAsync(cancellationToken, [.. there]).ConfigureAwait(false);
                throw new AppException(ErrorIds.DatabaseMissing, $"There is no database '{incoming}' that could become '{live}'.", incoming);
        }
    }

    private async Task ExchangeAsync(string[] closed, string[] renames, string[] opened, CancellationToken cancellationToken)
    {
        try
        {
            await server.ExecuteAsync(closed.Select(d => Connections(d, false)), cancellationToken).ConfigureAwait(false);
            await server.EndSessionsAsync(cancellationToken, closed).ConfigureAwait(false);
            await server.ExecuteAtOnceAsync([.. renames, .. opened.Select(d => Connections(d, true))], cancellationToken).ConfigureAwait(false);
        }
        catch (Exception e) when (e is AppException or OperationCanceledException)
        {
            await ReopenAsync(closed).ConfigureAwait(false);
            throw;
        }
    }

    /// <summary>Nothing was renamed: whoever used the live one may go on. Where this fails too, the next call opens it.</summary>
    private async Task ReopenAsync(string[] closed)
    {
        try
        {
            var there = await server.ExistingAsync(CancellationToken.None, closed).ConfigureAwait(false);
            await AllowAsync(CancellationToken.None, [.. there]).ConfigureAwait(false);
        }
        catch (AppException)
        {
        }
    }

    private Task AllowAsync(CancellationToken cancellationToken, params string[] databases) =>
        server.ExecuteAsync(databases.Select(d => Connections(d, true)), cancellationToken);

    private static string Rename(string from, string to) => $"ALTER DATABASE {Sql.Name(from)} RENAME TO {Sql.Name(to)}";

    private static string Connections(string database, bool allowed) => $"ALTER DATABASE {Sql.Name(database)} WITH ALLOW_CONNECTIONS {(allowed ? "true" : "false")}";
}
