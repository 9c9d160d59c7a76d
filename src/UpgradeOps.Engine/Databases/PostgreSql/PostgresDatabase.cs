using System.Globalization;
using System.Text;
using System.Text.RegularExpressions;
using UpgradeOps.Engine.Databases.Dumps;

namespace UpgradeOps.Engine.Databases.PostgreSql;

internal sealed partial class PostgresDatabase(string id, string name, PostgresServer server, TimeProvider time) : IDatabase
{
    public const string EngineName = "postgresql";

    private static readonly PostgresDialect Sql = PostgresDialect.Instance;
    private static readonly string[] ServersOwn = ["postgres", "template0", "template1"];

    private readonly PostgresTwin _twin = new(server, name);
    private readonly PostgresSwap _swap = new(server, time);
    private readonly PostgresSchema _schema = new(server);
    private readonly PostgresKeys _keys = new(server, name);
    private readonly ArchiveLoad _load = new(server);

    public string Id => id;

    public string Engine => EngineName;

    public string Name => name;

    private string Target => $"database {id}";

    public async Task<DatabaseInfo> CheckAsync(CancellationToken cancellationToken)
    {
        var toolVersion = ParseToolVersion(await server.Tools.ReadAsync(PostgresCommands.Version, cancellationToken).ConfigureAwait(false));
        if (await server.Tools.Runner.OutsideAddressAsync(cancellationToken).ConfigureAwait(false) is { } outside)
            await CheckPasswordAsync(outside, cancellationToken).ConfigureAwait(false);

        var row = (await QueryAsync("SELECT current_setting('server_version_num'), pg_database_size(current_database())", cancellationToken).ConfigureAwait(false))[0];
        var number = int.Parse(row[0]!, CultureInfo.InvariantCulture);
        var serverVersion = new Version(number / 10000, number % 10000);
        if (toolVersion.Major < serverVersion.Major)
        {
            throw new AppException(
                ErrorIds.DatabaseToolTooOld, $"pg_dump {toolVersion} in {server.Tools.Runner.Place} is older than the server, which is {serverVersion}.", Target);
        }

        return new DatabaseInfo(serverVersion, toolVersion, long.Parse(row[1]!, CultureInfo.InvariantCulture));
    }

    public Task<IReadOnlyList<IReadOnlyList<string?>>> QueryAsync(string sql, CancellationToken cancellationToken, string? database = null) =>
        server.RowsAsync(database ?? name, sql, cancellationToken);

    public async Task ExecuteScriptAsync(string sql, CancellationToken cancellationToken)
    {
        using var text = new MemoryStream(Encoding.UTF8.GetBytes(sql));
        await GuardedLoad.RunAsync(server.Tools, server.Commands.LoadText(name), text, new PostgresGuard(Target), Target, cancellationToken).ConfigureAwait(false);
    }

    public async Task DumpAsync(Stream output, CancellationToken cancellationToken, string? database = null)
    {
        var marked = new MarkedStream(output);
        await using (marked.ConfigureAwait(false))
        {
            await server.Tools.RunAsync(server.Commands.Dump(database ?? name), null, marked, cancellationToken).ConfigureAwait(false);
            ThrowIfCut(marked);
        }
    }

    public Task DumpClusterAsync(Stream output, bool globalsOnly, CancellationToken cancellationToken) =>
        server.Tools.RunAsync(server.Commands.DumpCluster(name, globalsOnly), null, output, cancellationToken);

    public Task<bool> CanPackAsync(CancellationToken cancellationToken) => server.Tools.CanPackAsync(cancellationToken);

    public Task DumpPackedAsync(Stream zstd, CancellationToken cancellationToken, string? database = null) =>
        server.Tools.RunPackedAsync(server.Commands.Dump(database ?? name), zstd, cancellationToken);

    public async Task DumpFolderAsync(Stream tar, int jobs, bool packed, CancellationToken cancellationToken)
    {
        // What the tables take without their indexes is more than their text, as a rule; twice that is on the safe side.
        var size = (await QueryAsync("SELECT coalesce(sum(pg_table_size(oid)), 0)::bigint * 2 FROM pg_class WHERE relkind IN ('r', 'm')", cancellationToken).ConfigureAwait(false))[0][0];
        var command = server.Commands.DumpFolder(name, jobs, long.Parse(size!, CultureInfo.InvariantCulture));
        try
        {
            await (packed ? server.Tools.RunPackedAsync(command, tar, cancellationToken) : server.Tools.RunAsync(command, null, tar, cancellationToken)).ConfigureAwait(false);
        }
        catch (Exception e) when (e is AppException or OperationCanceledException or IOException)
        {
            await LoadRemains.ClearAsync(() => server.Tools.RunAsync(StagedDump.Clear, null, null, CancellationToken.None)).ConfigureAwait(false);
            throw;
        }
    }

    public void ThrowIfCut(MarkedStream dump)
    {
        if (!DumpMarks.BeginsAsPostgresArchive(dump.Head))
            throw new AppException(ErrorIds.BackupDamaged, $"pg_dump wrote {dump.Count} bytes that do not begin as its archives do.", Target);
    }

    public async Task VerifyDumpAsync(Stream dump, DumpFormat format, CancellationToken cancellationToken)
    {
        if (Guard(format) is { } guard)
        {
            await new GuardedStream(dump, guard, Target).CopyToAsync(Stream.Null, cancellationToken).ConfigureAwait(false);
            return;
        }

        try
        {
            await server.Tools.RunAsync(PostgresCommands.ReadArchive, dump, null, cancellationToken).ConfigureAwait(false);
        }
        catch (AppException e) when (e.ErrorId is ErrorIds.DatabaseToolFailed)
        {
            throw new AppException(ErrorIds.BackupDamaged, $"pg_restore cannot read the archive to its end: {e.Message}", Target, inner: e);
        }
    }

    public async Task LoadAsync(Dump dump, string intoDatabase, CancellationToken cancellationToken)
    {
        ThrowIfLive(intoDatabase);
        if (await ExistsAsync(intoDatabase, cancellationToken).ConfigureAwait(false))
            throw new AppException(ErrorIds.DatabaseNameTaken, $"There is a database '{intoDatabase}' already; a dump is only loaded into a new one.", intoDatabase);

        // It gets its name when it is whole: what has the name was loaded to the end.
        var loading = Loading(intoDatabase);
        await server.DropAsync(cancellationToken, loading).ConfigureAwait(false);
        try
        {
            await _twin.CreateAsync(loading, cancellationToken).ConfigureAwait(false);
            await FillAsync(dump, loading, cancellationToken).ConfigureAwait(false);
            await _twin.CopySettingsAsync(loading, cancellationToken).ConfigureAwait(false);
            await server.ExecuteAsync([$"ALTER DATABASE {Sql.Name(loading)} RENAME TO {Sql.Name(intoDatabase)}"], cancellationToken).ConfigureAwait(false);
        }
        catch (Exception e) when (e is AppException or OperationCanceledException or IOException)
        {
            await LoadRemains.ClearAsync(() => server.DropAsync(CancellationToken.None, loading)).ConfigureAwait(false);
            await LoadRemains.ClearAsync(() => _load.ClearAsync(dump)).ConfigureAwait(false);
            throw;
        }
    }

    public async Task SwapAsync(string loaded, string aside, CancellationToken cancellationToken)
    {
        ThrowIfLive(loaded);
        ThrowIfLive(aside);
        await _swap.RunAsync(name, loaded, aside, cancellationToken).ConfigureAwait(false);
    }

    public async Task SwapBackAsync(string loaded, string aside, CancellationToken cancellationToken)
    {
        // Names change together: as long as the loaded one has its own, nothing was swapped, or it was taken back.
        if ((await server.ExistingAsync(cancellationToken, name, loaded).ConfigureAwait(false)).Count < 2)
            await SwapAsync(aside, loaded, cancellationToken).ConfigureAwait(false);
    }

    public async Task<bool> ExistsAsync(string database, CancellationToken cancellationToken) =>
        (await server.ExistingAsync(cancellationToken, database).ConfigureAwait(false)).Count > 0;

    public async Task DropAsync(string database, CancellationToken cancellationToken)
    {
        ThrowIfLive(database);
        await server.DropAsync(cancellationToken, Loading(database), database).ConfigureAwait(false);
    }

    public Task<IReadOnlyDictionary<string, long>> CountRowsAsync(string database, CancellationToken cancellationToken) =>
        _schema.CountAsync(database, cancellationToken);

    public Task<IReadOnlyDictionary<string, RowMark>> MarkRowsAsync(CancellationToken cancellationToken) => _keys.MarkAsync(cancellationToken);

    public Task<IReadOnlyDictionary<string, long>> CountNewerAsync(IReadOnlyDictionary<string, RowMark> marks, CancellationToken cancellationToken) =>
        _keys.CountNewerAsync(marks, cancellationToken);

    public Task<string> DescribeSchemaAsync(CancellationToken cancellationToken, string? database = null) =>
        _schema.DescribeAsync(database ?? name, cancellationToken);

    internal static Version ParseToolVersion(string output) => ToolVersion().Match(output) is { Success: true } m
        ? new Version(int.Parse(m.Groups[1].ValueSpan, CultureInfo.InvariantCulture), m.Groups[2].Success ? int.Parse(m.Groups[2].ValueSpan, CultureInfo.InvariantCulture) : 0)
        : throw new AppException(ErrorIds.DatabaseToolFailed, $"pg_dump tells no version: {output.Trim()}");

    private async Task FillAsync(Dump dump, string into, CancellationToken cancellationToken)
    {
        if (Guard(dump.Format) is not { } guard)
        {
            await _load.RunAsync(dump, into, cancellationToken).ConfigureAwait(false);
            return;
        }

        var content = await dump.OpenAsync(cancellationToken).ConfigureAwait(false);
        await using (content.ConfigureAwait(false))
            await GuardedLoad.RunAsync(server.Tools, server.Commands.LoadText(into), content, guard, Target, cancellationToken).ConfigureAwait(false);
    }

    /// <returns>Null for an archive, which <c>pg_restore</c> reads.</returns>
    private PostgresGuard? Guard(DumpFormat format) => format switch
    {
        DumpFormat.PlainSql => new PostgresGuard(Target),
        DumpFormat.PostgresCreating => new PostgresGuard(Target, new PostgresSections(Target, null)),
        DumpFormat.PostgresCluster => new PostgresGuard(Target, new PostgresSections(Target, name)),
        _ => null,
    };

    /// <summary>A server that trusts its own machine takes any password there; only from outside does it show whether it is right.</summary>
    private async Task CheckPasswordAsync(Tools.ServerAddress outside, CancellationToken cancellationToken)
    {
        try
        {
            await server.Tools.ReadAsync((server.Commands with { Server = outside }).Rows(name, "SELECT 1"), cancellationToken).ConfigureAwait(false);
        }
        catch (AppException e) when (e.ErrorId is ErrorIds.DatabaseUnreachable || e.Message.Contains("no pg_hba.conf entry", StringComparison.Ordinal))
        {
            // It listens on its loopback alone; that connection is tried next, and says what is wrong if anything is.
        }
    }

    private void ThrowIfLive(string database)
    {
        if (database == name || ServersOwn.Contains(database))
            throw new AppException(ErrorIds.DatabaseNameTaken, $"'{database}' is the live database or one of the server's own: it is never loaded into, dropped or put aside.", database);
    }

    private static string Loading(string database) => Sql.Beside(database, "_loading");

    [GeneratedRegex(@"\(PostgreSQL\) (\d+)(?:\.(\d+))?")]
    private static partial Regex ToolVersion();
}
