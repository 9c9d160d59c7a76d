using System.Globalization;
using UpgradeOps.Engine.Databases.Tools;

namespace UpgradeOps.Engine.Databases.MariaDb;

/// <summary>Command lines of MariaDB's (or MySQL's) own tools. Nothing runs here.</summary>
/// <param name="Client"><c>mariadb</c> or <c>mysql</c>.</param>
/// <param name="DumpTool"><c>mariadb-dump</c> or <c>mysqldump</c>.</param>
internal sealed record MariaDbCommands(ServerAddress Server, string User, string Client = "mariadb", string DumpTool = "mariadb-dump")
{
    /// <summary>True when the dump tool is MySQL's own, which has options that MariaDB's lacks.</summary>
    public bool OfMySql { get; init; }

    public ToolCommand DumpVersion => new(DumpTool, "--version");

    /// <summary>Statements from standard input; answers come as XML, the one format in which NULL, tabs and line ends cannot be confused.</summary>
    /// <param name="database">Null to begin in none.</param>
    public ToolCommand Query(string? database) => Run(database, "--xml");

    /// <summary>Statements from standard input, up to the first that fails; binary mode knows no client commands, so text cannot become one.</summary>
    public ToolCommand Script(string? database) => Run(database);

    /// <summary>Statements from standard input, each of which may fail.</summary>
    public ToolCommand Forced(string? database) => Run(database, "--force");

    /// <summary>Loads a dump from standard input, whatever sql_mode the server has by default.</summary>
    public ToolCommand Load(string database) => Run(
        database, "--init-command=SET SESSION sql_mode = REPLACE(REPLACE(@@sql_mode, 'NO_BACKSLASH_ESCAPES', ''), 'ANSI_QUOTES', '')") with { ReadsMuch = true };

    /// <summary>SQL text of one moment, without locking anybody out; no statement in it names the database.</summary>
    public ToolCommand Dump(string database) => new(
        DumpTool,
        [
            .. Connection, "--single-transaction", "--quick", "--routines", "--triggers", "--events", "--hex-blob", "--no-tablespaces", "--comments",
            "--dump-date", "--max-allowed-packet=1G", "--default-character-set=utf8mb4", .. OfMySql ? ["--set-gtid-purged=OFF", "--column-statistics=0"] : Array.Empty<string>(),
            "--", database,
        ]) { WritesMuch = true };

    private string[] Connection =>
    [
        // Options of a file in the container or of the host's user would change what the tools write.
        "--no-defaults", "--protocol=tcp", $"--host={Server.Host}", string.Create(CultureInfo.InvariantCulture, $"--port={Server.Port}"), $"--user={User}",
    ];

    private ToolCommand Run(string? database, params IEnumerable<string> options) => new(
        Client,
        [
            .. Connection, "--connect-timeout=15", "--batch", "--binary-mode", "--max-allowed-packet=1G", "--default-character-set=utf8mb4", .. options,
            .. database is null ? Array.Empty<string>() : [$"--database={database}"],
        ]);
}
