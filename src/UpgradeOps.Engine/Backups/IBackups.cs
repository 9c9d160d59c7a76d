using UpgradeOps.Engine.Backups.Restore;
using UpgradeOps.Engine.Steps;

namespace UpgradeOps.Engine.Backups;

/// <summary>Backups of one application: made, listed, proved, restored. Contributes the steps <c>backup.*</c>.</summary>
internal interface IBackups : IStepSource
{
    /// <summary>True when the definition declares anything to back up.</summary>
    bool Declared { get; }

    /// <summary>Findings about room, tools and credentials for a backup now.</summary>
    Task<IReadOnlyList<Finding>> CheckAsync(CancellationToken cancellationToken);

    /// <summary>Makes a backup; it is listed only once it is whole and verified. A repeated call with the same id starts it anew.</summary>
    Task<Backup> CreateAsync(BackupRequest request, CancellationToken cancellationToken);

    /// <summary>Newest first.</summary>
    Task<IReadOnlyList<Backup>> ListAsync(CancellationToken cancellationToken);

    /// <exception cref="AppException"><see cref="ErrorIds.BackupNotFound"/>.</exception>
    Task<Backup> GetAsync(string backupId, CancellationToken cancellationToken);

    /// <summary>Proves a backup as far as asked and records the proof in its manifest.</summary>
    /// <exception cref="AppException"><see cref="ErrorIds.BackupDamaged"/>, naming the file.</exception>
    Task<Backup> ProveAsync(string backupId, ProofLevel level, CancellationToken cancellationToken);

    /// <summary>What a restore of this backup would replace and lose, for a person's consent.</summary>
    Task<RestoreImpact> DescribeRestoreAsync(string backupId, CancellationToken cancellationToken);

    /// <summary>The steps that restore data of a backup (never configuration unless asked): load beside, check, swap.</summary>
    /// <param name="source">Only this source, such as <c>database:main</c>; null for all data sources.</param>
    Task<IReadOnlyList<PlannedStep>> PlanRestoreAsync(string backupId, string? source, CancellationToken cancellationToken);

    /// <summary>The steps that load a dump made by another tool (<c>.sql.gz</c>, <c>.sql</c>, <c>.dump</c>) into a declared database.</summary>
    Task<IReadOnlyList<PlannedStep>> PlanRestoreFileAsync(string path, string? database, CancellationToken cancellationToken);
}

internal sealed record BackupRequest
{
    /// <summary>Sorts by time.</summary>
    public required string BackupId { get; init; }

    public string? OperationId { get; init; }

    public Deployment? Deployment { get; init; }

    public string? SchemaFingerprint { get; init; }

    /// <summary>True when writers are stopped.</summary>
    public bool Quiesced { get; init; }

    /// <summary>Holds what writes while the data is copied; null when that is not this backup's business.</summary>
    public WriterHold? Hold { get; init; }

    /// <summary>Called with bytes done and, where known, total.</summary>
    public Action<string, long, long?> Progress { get; init; } = static (_, _, _) => { };
}
