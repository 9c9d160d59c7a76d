using UpgradeOps.Engine.Databases;

namespace UpgradeOps.Engine.Migrations.Trackers;

/// <summary>
/// What a query of the definition tells: version, then as far as it has them title, time and whether it failed. For tools that are not known here.
/// </summary>
internal sealed class QueryTracker : Tracker
{
    public override string Tool => "query";

    public override bool Recognises(IReadOnlyList<string> columns) => false;

    public override IReadOnlyList<string> Select(IReadOnlyList<string> columns, SqlDialect sql) => throw new NotSupportedException();

    public override AppliedMigration? Read(IReadOnlyList<string?> row) => row.ElementAtOrDefault(0) is not { } version
        ? null
        : new AppliedMigration(version, row.ElementAtOrDefault(1), IsTrue(row.ElementAtOrDefault(3)), Time(row.ElementAtOrDefault(2)));

    public override string? Forget(TrackerTable table, AppliedMigration migration, AppliedMigration? before, SqlDialect sql) => null;
}
