using UpgradeOps.Engine.Databases;

namespace UpgradeOps.Engine.Migrations.Trackers;

/// <summary>A tracker of a kind that is not known: what its first column holds tells migrations apart, and no more is known of them.</summary>
internal sealed class FirstColumnTracker : Tracker
{
    public override string Tool => "unknown";

    public override bool Recognises(IReadOnlyList<string> columns) => columns.Count > 0;

    public override IReadOnlyList<string> Select(IReadOnlyList<string> columns, SqlDialect sql) => [sql.Name(columns[0])];

    public override AppliedMigration? Read(IReadOnlyList<string?> row) => row[0] is { } version ? new AppliedMigration(version, null, false, null) : null;

    /// <remarks>What else its row stands for nobody knows.</remarks>
    public override string? Forget(TrackerTable table, AppliedMigration migration, AppliedMigration? before, SqlDialect sql) => null;
}
