namespace UpgradeOps.Engine.Migrations;

/// <summary>What became of a schema between two looks at it.</summary>
internal sealed record MigrationDelta
{
    /// <summary>Applied since, in their order.</summary>
    public IReadOnlyList<Migration> Applied { get; init; } = [];

    /// <summary>Failed since: the schema may be half way.</summary>
    public IReadOnlyList<Migration> Failed { get; init; } = [];

    /// <summary>Told of before and no longer: taken back, or the database is another one.</summary>
    public IReadOnlyList<Migration> Removed { get; init; } = [];

    /// <summary>The fingerprints differ.</summary>
    public bool SchemaChanged { get; init; }

    /// <summary>The schema changed although the tracker tells of nothing, or there is no tracker.</summary>
    public bool ChangedUntracked => SchemaChanged && Applied.Count + Failed.Count + Removed.Count == 0;

    /// <summary>True when the old version may no longer fit the database: going back needs a decision about the data.</summary>
    public bool Migrated => SchemaChanged || Applied.Count + Failed.Count + Removed.Count > 0;

    public static MigrationDelta Between(SchemaState before, SchemaState after)
    {
        // A tool that keeps one row keeps the place that was reached: the row before has moved on, it was not taken back.
        var isPlace = before.Migrations.Count == 1 && after.Migrations.Count == 1
            && VersionOrder.Instance.Compare(before.Migrations[0].Version, after.Migrations[0].Version) < 0;
        var applied = Versions(before, MigrationState.Applied);
        var failed = Versions(before, MigrationState.Failed);
        var now = after.Migrations.Select(m => m.Version).ToHashSet();
        return new MigrationDelta
        {
            Applied = after.Migrations.Where(m => m.State == MigrationState.Applied && !applied.Contains(m.Version)).ToList(),
            Failed = after.Migrations.Where(m => m.State == MigrationState.Failed && !failed.Contains(m.Version)).ToList(),
            Removed = isPlace ? [] : before.Migrations.Where(m => m.State == MigrationState.Applied && !now.Contains(m.Version)).ToList(),
            SchemaChanged = before.Fingerprint != after.Fingerprint,
        };
    }

    private static HashSet<string> Versions(SchemaState state, MigrationState wanted) =>
        state.Migrations.Where(m => m.State == wanted).Select(m => m.Version).ToHashSet();
}
