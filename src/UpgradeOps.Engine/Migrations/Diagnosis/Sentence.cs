using System.Text.RegularExpressions;

namespace UpgradeOps.Engine.Migrations.Diagnosis;

/// <summary>
/// The sentences of migration tools and database clients, by what they mean. The groups: <c>v</c> the migration's version, <c>t</c> its
/// name, <c>m</c> what the server said.
/// </summary>
internal static partial class Sentence
{
    /// <summary>A migration failed, or its tool refuses to go on because of one.</summary>
    public static readonly IReadOnlyList<Regex> Failed =
    [
        SqlxOne(), SqlxAny(), SqlxOneInRust(), SqlxAnyInRust(), SqlxRefused(),
        FlywayScript(), FlywayVersion(), FlywayRefused(),
        GolangDetails(), GolangFailed(), GolangDirty(),
        Plain(),
    ];

    /// <summary>A migration begins; tools that say nothing when it fails say this before.</summary>
    public static readonly IReadOnlyList<Regex> Begun = [PhinxBegun(), EntityFrameworkBegun(), FlywayBegun(), GolangBegun(), PlainBegun()];

    /// <summary>What was begun came to its end.</summary>
    public static readonly IReadOnlyList<Regex> Ended = [PhinxEnded(), EntityFrameworkEnded(), FlywayEnded()];

    /// <summary>What the server said, by itself or around it.</summary>
    public static readonly IReadOnlyList<Regex> Server = [Returned(), Details(), Pdo(), DotNet(), FlywayMessage(), Psql(), MariaDbClient(), Python(), Pq()];

    [GeneratedRegex(@"while executing migration (?<v>\d+): (?<m>.+)$")]
    private static partial Regex SqlxOne();

    [GeneratedRegex(@"while executing migrations: (?<m>.+)$")]
    private static partial Regex SqlxAny();

    // How Rust writes an error that was unwrapped.
    [GeneratedRegex("""\bExecuteMigration\(.*?\bmessage: "(?<m>(?:[^"\\]|\\.)*)".*, (?<v>\d+)\)""")]
    private static partial Regex SqlxOneInRust();

    [GeneratedRegex("""\bExecute\(Database\(.*?\bmessage: "(?<m>(?:[^"\\]|\\.)*)" ?,""")]
    private static partial Regex SqlxAnyInRust();

    [GeneratedRegex(@"\bmigration (?<v>\d+) (?<m>is partially applied\b.*|was previously applied but .+)$")]
    private static partial Regex SqlxRefused();

    [GeneratedRegex(@"\bMigration (?:V(?<v>[0-9][0-9._]*)__)?(?<t>[\w.-]+?)(?:\.sql|\.java)? failed\s*$")]
    private static partial Regex FlywayScript();

    [GeneratedRegex("""\bMigration of schema .+? to version "?(?<v>[0-9][0-9._]*)(?: - (?<t>[^"]+))?"? failed\b""")]
    private static partial Regex FlywayVersion();

    [GeneratedRegex(@"(?<m>Detected failed (?:\w+ )?migration to version (?<v>[0-9][0-9._]*)(?: \((?<t>[^)]+)\))?.*|Migration checksum mismatch for migration version (?<v>[0-9][0-9._]*))")]
    private static partial Regex FlywayRefused();

    [GeneratedRegex(@"\bmigration failed(?: in line \d+)?: .*\(details: (?<m>.+)\)\s*$")]
    private static partial Regex GolangDetails();

    [GeneratedRegex(@"\bmigration failed in line \d+:")]
    private static partial Regex GolangFailed();

    [GeneratedRegex(@"(?<m>Dirty database version (?<v>\d+)\b.*)$")]
    private static partial Regex GolangDirty();

    [GeneratedRegex("""\bmigration[ :]+["'`]?(?<v>[0-9][0-9._]*)["'`]?(?:[ _-]+["'`(]?(?<t>\w[\w-]*)["'`)]?)?:? (?:has )?failed\b(?:: *(?<m>.+))?""", RegexOptions.IgnoreCase)]
    private static partial Regex Plain();

    [GeneratedRegex(@"==\s+(?<v>\d{14}) (?<t>\w+): migrating")]
    private static partial Regex PhinxBegun();

    [GeneratedRegex(@"==\s+\d{14} \w+: migrated")]
    private static partial Regex PhinxEnded();

    [GeneratedRegex(@"Applying migration '(?<v>[^']+)'")]
    private static partial Regex EntityFrameworkBegun();

    [GeneratedRegex(@"^\s*(?:Done\.|Now listening on: .*|Application started\..*)$")]
    private static partial Regex EntityFrameworkEnded();

    [GeneratedRegex("""Migrating schema .+? to version "?(?<v>[0-9][0-9._]*)(?: - (?<t>[^"]+))?"?""")]
    private static partial Regex FlywayBegun();

    [GeneratedRegex(@"Successfully applied \d+ migration")]
    private static partial Regex FlywayEnded();

    [GeneratedRegex(@"(?:Start buffering|Read and execute) (?<v>\d+)/u (?<t>\w+)")]
    private static partial Regex GolangBegun();

    [GeneratedRegex(@"^(?:.*\s)?migrating (?<v>\d+) (?<t>\w+)\s*$", RegexOptions.IgnoreCase)]
    private static partial Regex PlainBegun();

    [GeneratedRegex(@"error returned from database: (?<m>.+)$")]
    private static partial Regex Returned();

    [GeneratedRegex(@"\(details: (?<m>.+)\)\s*$")]
    private static partial Regex Details();

    [GeneratedRegex(@"(?<m>SQLSTATE\[\w+\].*)$")]
    private static partial Regex Pdo();

    [GeneratedRegex(@"\b(?:Npgsql\.PostgresException|(?:MySqlConnector|MySql\.Data\.MySqlClient)\.MySqlException|SqlClient\.SqlException|SqliteException) \([^)]*\): (?<m>.+)$")]
    private static partial Regex DotNet();

    [GeneratedRegex(@"^\s*Message\s*: (?<m>.+)$")]
    private static partial Regex FlywayMessage();

    [GeneratedRegex(@"^(?:psql:\S+ )?ERROR:\s+(?<m>.+)$")]
    private static partial Regex Psql();

    [GeneratedRegex(@"^(?<m>ERROR \d+ \(\w{5}\).*: .+)$")]
    private static partial Regex MariaDbClient();

    [GeneratedRegex(@"\bpsycopg2?\.errors\.\w+\)?:? (?<m>.+)$")]
    private static partial Regex Python();

    [GeneratedRegex(@"\bpq: (?<m>.+)$")]
    private static partial Regex Pq();
}
