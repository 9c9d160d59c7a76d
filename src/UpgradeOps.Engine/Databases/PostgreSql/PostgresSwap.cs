namespace UpgradeOps.Engine.Databases.PostgreSql;

/// <summary>
/// Puts one database into another's place. Sessions end and both names change in one transaction: a crash leaves the world before or
/// after it, and every call looks first which it is. From the first rename to the commit the server keeps new sessions waiting, and
/// then tells them that the database was renamed: nobody writes in between.
/// </summary>
internal sealed class PostgresSwap(PostgresServer server, TimeProvider time)
{
    /// <summary>A session that comes between the end of the others and the first rename makes that fail, after the server waited 5 s for it.</summary>
    private const int Attempts = 5;

    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(100);

    private static readonly PostgresDialect Sql = PostgresDialect.Instance;

    /// <param name="incoming">Becomes <paramref name="live"/>.</param>
    /// <param name="outgoing">The name that the live one gets; must be free unless this has been done.</param>
    public async Task RunAsync(string live, string incoming, string outgoing, CancellationToken cancellationToken)
    {
        var there = await server.ExistingAsync(cancellationToken, live, incoming, outgoing).ConfigureAwait(false);
        switch (there.Contains(live), there.Contains(incoming), there.Contains(outgoing))
        {
            case (true, false, true):
                return;
            case (true, true, true):
                throw new AppException(ErrorIds.DatabaseNameTaken, $"There is a database '{outgoing}' already, so '{live}' cannot be kept under that name.", outgoing);
            case (true, true, false):
                await RenameAsync([(live, outgoing), (incoming, live)], cancellationToken).ConfigureAwait(false);
                return;
            case (false, true, _):
                await RenameAsync([(incoming, live)], cancellationToken).ConfigureAwait(false);
                return;
            default:
                throw new AppException(ErrorIds.DatabaseMissing, $"There is no database '{incoming}' that could become '{live}'.", incoming);
        }
    }

    private async Task RenameAsync((string From, string To)[] renames, CancellationToken cancellationToken)
    {
        string[] statements =
        [
            PostgresServer.EndSessions(renames.Select(r => r.From)),
            .. renames.Select(r => $"ALTER DATABASE {Sql.Name(r.From)} RENAME TO {Sql.Name(r.To)}"),
        ];
        for (var attempt = 1; ; attempt++)
        {
            try
            {
                await server.ExecuteAtOnceAsync(statements, cancellationToken).ConfigureAwait(false);
                return;
            }
            catch (AppException e) when (attempt < Attempts && e.Message.Contains("is being accessed by other users", StringComparison.Ordinal))
            {
                await Task.Delay(Pause, time, cancellationToken).ConfigureAwait(false);
            }
        }
    }
}
