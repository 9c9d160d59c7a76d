using System.Globalization;
using System.Text.RegularExpressions;
using UpgradeOps.Engine.Databases;
using UpgradeOps.Engine.Migrations.Files;

namespace UpgradeOps.Engine.Migrations.Trackers;

/// <summary>A table in which a migration tool writes down what it applied, known by its columns.</summary>
internal abstract partial class Tracker
{
    /// <summary>The tools that are known, each telling its own table from the others'.</summary>
    public static readonly IReadOnlyList<Tracker> Known = [new PhinxTracker(), new SqlxTracker(), new EntityFrameworkTracker(), new FlywayTracker(), new GolangMigrateTracker()];

    /// <summary>The tool whose table usually has this name.</summary>
    public static Tracker ByTable(string? table)
    {
        var name = table?[(table.LastIndexOf('.') + 1)..].ToLowerInvariant() ?? "";
        return name switch
        {
            _ when name.Contains("phinx", StringComparison.Ordinal) => new PhinxTracker(),
            _ when name.Contains("sqlx", StringComparison.Ordinal) => new SqlxTracker(),
            _ when name.Contains("flyway", StringComparison.Ordinal) => new FlywayTracker(),
            "__efmigrationshistory" => new EntityFrameworkTracker(),
            "schema_migrations" => new GolangMigrateTracker(),
            _ => new FirstColumnTracker(),
        };
    }

    /// <summary>The tool's name, as its users write it.</summary>
    public abstract string Tool { get; }

    /// <summary>True of a tool whose table holds one row: the version that was reached. All before it count as applied.</summary>
    public virtual bool KeepsPlace => false;

    /// <summary>Whether a table with these columns is this tool's.</summary>
    /// <param name="columns">In the table's order.</param>
    public abstract bool Recognises(IReadOnlyList<string> columns);

    /// <summary>What <see cref="Read"/> gets, as SQL.</summary>
    public abstract IReadOnlyList<string> Select(IReadOnlyList<string> columns, SqlDialect sql);

    /// <returns>Null for a row that is no migration.</returns>
    public abstract AppliedMigration? Read(IReadOnlyList<string?> row);

    /// <summary>What the tool makes of a file's name in its folder.</summary>
    /// <returns>Null for a file that is no migration of this tool.</returns>
    public virtual MigrationName? NameOf(string file) => AnyName().Match(file) is { Success: true } m
        ? new MigrationName(m.Groups[1].Value, Words(m.Groups[2].Value), m.Groups[3].Value == ".down")
        : null;

    /// <summary>The checksum that the tool would write down for a migration's text.</summary>
    /// <returns>Null for a tool that keeps none.</returns>
    public virtual string? Checksum(ReadOnlySpan<byte> text) => null;

    /// <summary>SQL that makes the table forget its newest migration.</summary>
    /// <param name="before">The one before it, when there is one.</param>
    /// <returns>Null for a table that is not ours to write to.</returns>
    public virtual string? Forget(TrackerTable table, AppliedMigration migration, AppliedMigration? before, SqlDialect sql) =>
        $"DELETE FROM {table.Name} WHERE {sql.Name("version")} = {sql.Text(migration.Version)}";

    protected static string? Words(string name) => name.Length == 0 ? null : name.Replace('_', ' ');

    /// <summary>True as PostgreSQL (<c>t</c>) and MariaDB (<c>1</c>) write it.</summary>
    protected static bool IsTrue(string? value) => value is "t" or "true" or "1" or "\u0001";

    /// <summary>A time of a column without zone is UTC to the tools that write it.</summary>
    protected static DateTimeOffset? Time(string? value) =>
        DateTimeOffset.TryParse(value, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal | DateTimeStyles.AdjustToUniversal, out var time) ? time : null;

    [GeneratedRegex(@"^([0-9]+)(?:[_-]+(.*?))?(\.up|\.down)?\.[a-z]+$")]
    private static partial Regex AnyName();
}

/// <param name="Checksum">Of the migration's text, where the tool keeps one.</param>
internal sealed record AppliedMigration(string Version, string? Title, bool Failed, DateTimeOffset? At, string? Checksum = null);
