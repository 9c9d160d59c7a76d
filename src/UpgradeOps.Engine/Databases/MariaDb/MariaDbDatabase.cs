using System.Globalization;
using System.Text.RegularExpressions;
using UpgradeOps.Engine.Databases.Dumps;
using UpgradeOps.Engine.Databases.MariaDb.Swap;

namespace UpgradeOps.Engine.Databases.MariaDb;

internal sealed partial class MariaDbDatabase(string id, string name, MariaDbServer server) : IDatabase
{
    public const string EngineName = "mariadb";

    private static readonly MariaDbDialect Sql = MariaDbDialect.Instance;
    private static readonly string[] ServersOwn = ["mysql", "information_schema", "performance_schema", "sys"];

    private readonly MariaDbSwap _swap = new(server);
    private readonly MariaDbSchema _schema = new(server);
    private readonly MariaDbKeys _keys = new(server, name);

    public string Id => id;

    public string Engine => EngineName;

    public string Name => name;

    private string Target => $"database {id}";

    public async Task<DatabaseInfo> CheckAsync(CancellationToken cancellationToken)
    {
        var tool = await server.DumpVersionAsync(cancellationToken).ConfigureAwait(false);
        var row = (await QueryAsync(
            $"SELECT VERSION(), (SELECT COALESCE(SUM(DATA_LENGTH + INDEX_LENGTH), 0) FROM information_schema.TABLES WHERE {MariaDbServer.In("TABLE_SCHEMA", name)})",
            cancellationToken).ConfigureAwait(false))[0];
        var (toolVersion, serverVersion) = (ParseVersion(tool), ParseVersion(row[0]!));
        var sameFamily = IsMariaDb(tool) == IsMariaDb(row[0]!);
        var tooOld = sameFamily ? Release(toolVersion) < Release(serverVersion) : IsMariaDb(row[0]!);
        if (tooOld)
            throw new AppException(ErrorIds.DatabaseToolTooOld, $"The dump tool in {server.Tools.Runner.Place} ({tool.Trim()}) is older than the server, which is {row[0]}.", Target);
        return new DatabaseInfo(serverVersion, toolVersion, (long)decimal.Parse(row[1]!, CultureInfo.InvariantCulture));
    }

    public Task<IReadOnlyList<IReadOnlyList<string?>>> QueryAsync(string sql, CancellationToken cancellationToken, string? database = null) =>
        server.RowsAsync(database ?? name, sql, cancellationToken);

    public async Task DumpAsync(Stream output, CancellationToken cancellationToken, string? database = null)
    {
        var commands = await server.CommandsAsync(cancellationToken).ConfigureAwait(false);
        var marked = new MarkedStream(output);
        await using (marked.ConfigureAwait(false))
        {
            await server.Tools.RunAsync(commands.Dump(database ?? name), null, marked, cancellationToken).ConfigureAwait(false);
            ThrowIfCut(marked);
        }
    }

    public Task<bool> CanPackAsync(CancellationToken cancellationToken) => server.Tools.CanPackAsync(cancellationToken);

    public async Task DumpPackedAsync(Stream zstd, CancellationToken cancellationToken, string? database = null)
    {
        var commands = await server.CommandsAsync(cancellationToken).ConfigureAwait(false);
        await server.Tools.RunPackedAsync(commands.Dump(database ?? name), zstd, cancellationToken).ConfigureAwait(false);
    }

    public void ThrowIfCut(MarkedStream dump)
    {
        if (!DumpMarks.EndsAsMariaDbDump(dump.Tail()))
            throw new AppException(ErrorIds.BackupDamaged, $"The dump tool wrote {dump.Count} bytes without its last line '-- Dump completed': the dump is not whole.", Target);
    }

    public async Task VerifyDumpAsync(Stream dump, DumpFormat format, CancellationToken cancellationToken)
    {
        ThrowIfForeign(format);
        await new GuardedStream(dump, new MariaDbGuard(Target, name), Target).CopyToAsync(Stream.Null, cancellationToken).ConfigureAwait(false);
    }

    public async Task ExecuteScriptAsync(string sql, CancellationToken cancellationToken)
    {
        var commands = await server.CommandsAsync(cancellationToken).ConfigureAwait(false);
        using var text = new MemoryStream(System.Text.Encoding.UTF8.GetBytes(sql));
        await GuardedLoad.RunAsync(server.Tools, commands.Load(name), text, new MariaDbGuard(Target, name), Target, cancellationToken).ConfigureAwait(false);
    }

    public async Task LoadAsync(Dump dump, string intoDatabase, CancellationToken cancellationToken)
    {
        ThrowIfForeign(dump.Format);
        ThrowIfLive(intoDatabase);
        if (await ExistsAsync(intoDatabase, cancellationToken).ConfigureAwait(false))
            throw new AppException(ErrorIds.DatabaseNameTaken, $"There is a database '{intoDatabase}' already; a dump is only loaded into a new one.", intoDatabase);

        await DropAsync(intoDatabase, cancellationToken).ConfigureAwait(false);
        try
        {
            // A database cannot get its name when it is whole; an empty one beside it says that it is not yet.
            await server.CreateLikeAsync(Loading(intoDatabase), name, cancellationToken).ConfigureAwait(false);
            await server.CreateLikeAsync(intoDatabase, name, cancellationToken).ConfigureAwait(false);
            var commands = await server.CommandsAsync(cancellationToken).ConfigureAwait(false);
            var content = await dump.OpenAsync(cancellationToken).ConfigureAwait(false);
            await using (content.ConfigureAwait(false))
                await GuardedLoad.RunAsync(server.Tools, commands.Load(intoDatabase), content, new MariaDbGuard(Target, intoDatabase), Target, cancellationToken).ConfigureAwait(false);
            await SleepAsync(intoDatabase, cancellationToken).ConfigureAwait(false);
            await server.DropAsync(cancellationToken, Loading(intoDatabase)).ConfigureAwait(false);
        }
        catch (Exception e) when (e is AppException or OperationCanceledException or IOException)
        {
            await LoadRemains.ClearAsync(() => DropAsync(intoDatabase, CancellationToken.None)).ConfigureAwait(false);
            throw;
        }
    }

    public async Task SwapAsync(string loaded, string aside, CancellationToken cancellationToken)
    {
        ThrowIfLive(loaded);
        ThrowIfLive(aside);
        if ((await server.ExistingAsync(cancellationToken, Loading(loaded)).ConfigureAwait(false)).Count > 0)
            throw new AppException(ErrorIds.DatabaseMissing, $"Database '{loaded}' was not loaded to the end.", loaded);
        await _swap.RunAsync(name, loaded, aside, takesBack: false, cancellationToken).ConfigureAwait(false);
    }

    public async Task SwapBackAsync(string loaded, string aside, CancellationToken cancellationToken)
    {
        ThrowIfLive(loaded);
        ThrowIfLive(aside);
        await _swap.RunAsync(name, aside, loaded, takesBack: true, cancellationToken).ConfigureAwait(false);
    }

    public async Task<bool> ExistsAsync(string database, CancellationToken cancellationToken)
    {
        var there = await server.ExistingAsync(cancellationToken, database, Loading(database)).ConfigureAwait(false);
        return there.Contains(database) && !there.Contains(Loading(database));
    }

    public async Task DropAsync(string database, CancellationToken cancellationToken)
    {
        ThrowIfLive(database);
        // The mark goes last: until then what is left does not count as whole.
        await server.DropAsync(cancellationToken, database).ConfigureAwait(false);
        await server.DropAsync(cancellationToken, Loading(database)).ConfigureAwait(false);
    }

    public Task<IReadOnlyDictionary<string, long>> CountRowsAsync(string database, CancellationToken cancellationToken) =>
        _schema.CountAsync(database, cancellationToken);

    public Task<IReadOnlyDictionary<string, RowMark>> MarkRowsAsync(CancellationToken cancellationToken) => _keys.MarkAsync(cancellationToken);

    public Task<IReadOnlyDictionary<string, long>> CountNewerAsync(IReadOnlyDictionary<string, RowMark> marks, CancellationToken cancellationToken) =>
        _keys.CountNewerAsync(marks, cancellationToken);

    public Task<string> DescribeSchemaAsync(CancellationToken cancellationToken, string? database = null) =>
        _schema.DescribeAsync(database ?? name, name, cancellationToken);

    /// <summary>The version of <c>10.11.6-MariaDB-0+deb12u1</c>, <c>5.5.5-10.4.8-MariaDB</c>, <c>8.0.36</c>, and in what the tools say of themselves.</summary>
    internal static Version ParseVersion(string text)
    {
        var match = text.Contains("MariaDB", StringComparison.Ordinal) ? MariaDbVersion().Match(text) : AnyVersion().Match(text);
        return match.Success ? Version.Parse(match.Groups[1].ValueSpan) : throw new AppException(ErrorIds.DatabaseToolFailed, $"No version is found in '{text.Trim()}'.");
    }

    private static bool IsMariaDb(string version) => version.Contains("MariaDB", StringComparison.Ordinal);

    private static Version Release(Version version) => new(version.Major, version.Minor);

    private static string Loading(string database) => Sql.Beside(database, "_loading");

    /// <summary>Puts the loaded events to sleep: they would change data that is only kept. <see cref="MariaDbSwap"/> wakes them when they are live.</summary>
    private async Task SleepAsync(string database, CancellationToken cancellationToken)
    {
        var rows = await server.RowsAsync(
            null, $"SELECT EVENT_NAME FROM information_schema.EVENTS WHERE {MariaDbServer.In("EVENT_SCHEMA", database)} AND STATUS = 'ENABLED'", cancellationToken).ConfigureAwait(false);
        if (rows.Count > 0)
            await server.ExecuteAsync(rows.Select(r => $"ALTER EVENT {Sql.Name(database)}.{Sql.Name(r[0]!)} DISABLE ON SLAVE").ToList(), cancellationToken).ConfigureAwait(false);
    }

    private void ThrowIfForeign(DumpFormat format)
    {
        if (format != DumpFormat.PlainSql)
            throw new AppException(ErrorIds.RestoreFailed, "A PostgreSQL archive cannot be loaded into MariaDB.", Target);
    }

    private void ThrowIfLive(string database)
    {
        if (string.Equals(database, name, StringComparison.OrdinalIgnoreCase) || ServersOwn.Contains(database, StringComparer.OrdinalIgnoreCase))
            throw new AppException(ErrorIds.DatabaseNameTaken, $"'{database}' is the live database or one of the server's own: it is never loaded into, dropped or put aside.", database);
    }

    [GeneratedRegex(@"(\d+\.\d+\.\d+)-MariaDB")]
    private static partial Regex MariaDbVersion();

    [GeneratedRegex(@"\b(\d+\.\d+\.\d+)\b")]
    private static partial Regex AnyVersion();
}
