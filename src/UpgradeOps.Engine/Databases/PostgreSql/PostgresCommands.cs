using System.Globalization;
using System.Text;
using UpgradeOps.Engine.Databases.Tools;

namespace UpgradeOps.Engine.Databases.PostgreSql;

/// <summary>Command lines of PostgreSQL's own tools. Nothing runs here.</summary>
internal sealed record PostgresCommands(ServerAddress Server, string User)
{
    /// <summary>Messages in English, or they could not be told apart.</summary>
    private static readonly Dictionary<string, string> Environment = new() { ["LC_ALL"] = "C", ["PGCLIENTENCODING"] = "UTF8" };

    public static ToolCommand Version { get; } = new("pg_dump", "--version");

    /// <summary>Reads an archive to its end without a server.</summary>
    public static ToolCommand ReadArchive { get; } = new ToolCommand("pg_restore", "--exit-on-error", "--file=/dev/null").With("LC_ALL", "C") with { ReadsMuch = true };

    /// <summary>Rows of a query in COPY's text format, which tells NULL from an empty text.</summary>
    /// <param name="settings">Statements that run before it in the same session.</param>
    public ToolCommand Rows(string database, string query, params IEnumerable<string> settings) =>
        Psql(database, [.. settings, $"COPY ({query.Trim().TrimEnd(';')}) TO STDOUT"]);

    /// <summary>Statements one after the other, up to the first that fails.</summary>
    public ToolCommand Execute(string database, params IEnumerable<string> statements) => Psql(database, statements);

    /// <summary>Statements that all take effect or none.</summary>
    public ToolCommand ExecuteAtOnce(string database, params IEnumerable<string> statements) => Psql(database, statements, "--single-transaction");

    /// <summary>A custom archive, uncompressed: compressing is cheaper and better outside.</summary>
    public ToolCommand Dump(string database) => Tool(
        "pg_dump", "--format=custom", "--compress=0", "--no-password", "--lock-wait-timeout=300000", $"--dbname={Connection(database)}")
        // The same moment has the same text wherever it is dumped, whatever zone a role or database has.
        .With("PGTZ", "UTC") with { WritesMuch = true };

    /// <summary>A folder archive, which comes as tar, uncompressed, by several connections at once.</summary>
    /// <param name="size">What it may need where the tool runs, in bytes.</param>
    public ToolCommand DumpFolder(string database, int jobs, long size)
    {
        var dump = Dump(database);
        return StagedDump.Of(
            dump with { Arguments = ["--format=directory", string.Create(CultureInfo.InvariantCulture, $"--jobs={jobs}"), .. dump.Arguments.Skip(1)] }, size);
    }

    /// <summary>SQL text of the whole server, or of its roles and tablespaces alone.</summary>
    /// <param name="database">Any, to connect to.</param>
    public ToolCommand DumpCluster(string database, bool globalsOnly) => Tool(
        "pg_dumpall",
        [
            "--no-password", "--lock-wait-timeout=300000", $"--dbname={Connection(database)}", .. globalsOnly ? ["--globals-only"] : Array.Empty<string>(),
        ]) with { WritesMuch = !globalsOnly };

    /// <summary>Loads an archive from standard input as it comes.</summary>
    public ToolCommand RestoreArchive(string database)
    {
        var restore = Restore(database);
        return restore with { Arguments = [.. restore.Arguments, "--single-transaction"], ReadsMuch = true };
    }

    /// <summary>Loads an archive of so many bytes with up to so many connections at once, where there is room to put it beside the tool.</summary>
    /// <param name="unpacker">The program that unpacks what comes; null when it comes as it is.</param>
    public ToolCommand RestoreStaged(string database, long size, int connections, string? unpacker) =>
        StagedRestore.Archive(Restore(database), size, connections, unpacker);

    /// <summary>Unpacks a folder archive, which comes as tar on standard input, where the tool runs, loads it from there and removes it again.</summary>
    /// <inheritdoc cref="RestoreStaged"/>
    public ToolCommand RestoreFolder(string database, long size, int connections, string? unpacker) =>
        StagedRestore.Folder(Restore(database), size, connections, unpacker);

    /// <summary>Loads SQL text from standard input.</summary>
    public ToolCommand LoadText(string database)
    {
        var command = Tool(
            "psql", "--no-psqlrc", "--quiet", "--no-password", "--set=ON_ERROR_STOP=1", "--single-transaction", $"--dbname={Connection(database)}", "--file=-");
        // The dump says its own encoding; where it does not, it is in the database's.
        return command with { Environment = new Dictionary<string, string> { ["LC_ALL"] = "C" }, ReadsMuch = true };
    }

    /// <summary>A connection string, in which a database's name cannot be taken for one.</summary>
    internal string Connection(string database) => string.Create(
        CultureInfo.InvariantCulture,
        $"host={Value(Server.Host)} port={Server.Port} user={Value(User)} dbname={Value(database)} connect_timeout=15 application_name=upgradeops");

    private static string Value(string value)
    {
        var quoted = new StringBuilder("'");
        foreach (var c in value)
            quoted.Append(c is '\'' or '\\' ? $"\\{c}" : c);
        return quoted.Append('\'').ToString();
    }

    private ToolCommand Restore(string database) => Tool("pg_restore", "--exit-on-error", "--no-password", $"--dbname={Connection(database)}");

    private ToolCommand Psql(string database, IEnumerable<string> statements, params IEnumerable<string> options) => Tool(
        "psql",
        [
            "--no-psqlrc", "--quiet", "--no-password", "--set=ON_ERROR_STOP=1", .. options,
            $"--dbname={Connection(database)}", .. statements.SelectMany(s => new[] { "--command", s }),
        ]);

    private static ToolCommand Tool(string name, params IReadOnlyList<string> arguments) => new(name, arguments) { Environment = Environment };
}
