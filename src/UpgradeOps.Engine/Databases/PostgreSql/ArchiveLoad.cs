using System.Globalization;
using UpgradeOps.Engine.Databases.Tools;

namespace UpgradeOps.Engine.Databases.PostgreSql;

/// <summary>Loads an archive into an empty database, by several connections at once where that is possible and worth it.</summary>
internal sealed class ArchiveLoad(PostgresServer server)
{
    private static readonly PostgresDialect Sql = PostgresDialect.Instance;

    private bool? _hasShell;

    public async Task RunAsync(Dump dump, string into, CancellationToken cancellationToken)
    {
        if (!await IsStagedAsync(dump, cancellationToken).ConfigureAwait(false))
        {
            await FeedAsync(server.Commands.RestoreArchive(into), await dump.OpenAsync(cancellationToken).ConfigureAwait(false), cancellationToken).ConfigureAwait(false);
            return;
        }

        // Each statement is a transaction of its own now. Nothing counts before the database is renamed, and that waits for all that was written.
        await server.ExecuteAsync([$"ALTER DATABASE {Sql.Name(into)} SET synchronous_commit = off"], cancellationToken).ConfigureAwait(false);
        var connections = await ConnectionsAsync(into, cancellationToken).ConfigureAwait(false);
        var packed = dump.Packed is { } stored && await server.Tools.CanUnpackAsync(stored.Tool, cancellationToken).ConfigureAwait(false) ? stored : null;
        var command = dump.Format == DumpFormat.PostgresFolder
            ? server.Commands.RestoreFolder(into, dump.Size ?? 0, connections, packed?.Tool)
            : server.Commands.RestoreStaged(into, dump.Size!.Value, connections, packed?.Tool);
        try
        {
            await FeedAsync(command, packed?.Open() ?? await dump.OpenAsync(cancellationToken).ConfigureAwait(false), cancellationToken).ConfigureAwait(false);
        }
        catch (AppException e) when (e.ErrorId == ErrorIds.DatabaseToolFailed && e.Message.Contains("of the archive arrived instead of", StringComparison.Ordinal))
        {
            throw new AppException(ErrorIds.BackupDamaged, $"The dump is not as long as it was: {e.Message}", into, inner: e);
        }

        await server.ExecuteAsync([$"ALTER DATABASE {Sql.Name(into)} RESET synchronous_commit"], cancellationToken).ConfigureAwait(false);
    }

    /// <summary>Removes what a load left that was ended from outside.</summary>
    public async Task ClearAsync(Dump dump)
    {
        if (await IsStagedAsync(dump, CancellationToken.None).ConfigureAwait(false))
            await server.Tools.RunAsync(StagedRestore.Clear, null, null, CancellationToken.None).ConfigureAwait(false);
    }

    private async Task FeedAsync(ToolCommand command, Stream content, CancellationToken cancellationToken)
    {
        await using (content.ConfigureAwait(false))
            await server.Tools.RunAsync(command, content, null, cancellationToken).ConfigureAwait(false);
    }

    private async Task<bool> IsStagedAsync(Dump dump, CancellationToken cancellationToken)
    {
        if (dump.Format == DumpFormat.PostgresFolder)
            return true;
        return dump.Format == DumpFormat.PostgresCustom && dump.Size >= StagedRestore.Worthwhile
            && (_hasShell ??= await server.Tools.CanRunAsync(StagedRestore.Probe, cancellationToken).ConfigureAwait(false));
    }

    /// <returns>Half of what the server, the database and the user have to spare: others need some too.</returns>
    private async Task<int> ConnectionsAsync(string database, CancellationToken cancellationToken)
    {
        var rows = await server.CatalogueAsync(
            $"""
            SELECT least(
                current_setting('max_connections')::int - current_setting('superuser_reserved_connections')::int - (SELECT count(*) FROM pg_stat_activity),
                (SELECT CASE WHEN datconnlimit < 0 THEN 1000 ELSE datconnlimit END FROM pg_database WHERE datname = {Sql.Text(database)}),
                (SELECT CASE WHEN rolconnlimit < 0 THEN 1000 ELSE rolconnlimit - (SELECT count(*) FROM pg_stat_activity WHERE usename = current_user) END
                    FROM pg_roles WHERE rolname = current_user))
            """,
            cancellationToken).ConfigureAwait(false);
        return rows is [[{ } spare]] ? int.Parse(spare, CultureInfo.InvariantCulture) / 2 : 1;
    }
}
