using System.Globalization;
using UpgradeOps.Engine.Databases;

namespace UpgradeOps.Engine.Migrations.Trackers;

/// <summary>A table in which a migration tool writes down what it applied, known by its columns.</summary>
internal abstract class Tracker
{
    /// <summary>The tools that are known, each telling its own table from the others'.</summary>
    public static readonly IReadOnlyList<Tracker> Known = [new PhinxTracker(), new SqlxTracker(), new EntityFrameworkTracker(), new FlywayTracker(), new GolangMigrateTracker()];

    /// <summary>Whether a table with these columns is this tool's.</summary>
    /// <param name="columns">In the table's order.</param>
    public abstract bool Recognises(IReadOnlyList<string> columns);

    /// <summary>What <see cref="Read"/> gets, as SQL.</summary>
    public abstract IReadOnlyList<string> Select(IReadOnlyList<string> columns, SqlDialect sql);

    /// <returns>Null for a row that is no migration.</returns>
    public abstract AppliedMigration? Read(IReadOnlyList<string?> row);

    /// <summary>True as PostgreSQL (<c>t</c>) and MariaDB (<c>1</c>) write it.</summary>
    protected static bool IsTrue(string? value) => value is "t" or "true" or "1" or "\u0001";

    /// <summary>A time of a column without zone is UTC to the tools that write it.</summary>
    protected static DateTimeOffset? Time(string? value) =>
        DateTimeOffset.TryParse(value, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal | DateTimeStyles.AdjustToUniversal, out var time) ? time : null;
}

/// <param name="Checksum">Of the migration's text, where the tool keeps one.</param>
internal sealed record AppliedMigration(string Version, string? Title, bool Failed, DateTimeOffset? At, string? Checksum = null);
