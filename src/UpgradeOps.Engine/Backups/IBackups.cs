using UpgradeOps.Engine.Backups.Restore;
using UpgradeOps.Engine.Steps;

namespace UpgradeOps.Engine.Backups;

/// <summary>Backups of one application: made, listed, proved, restored. Contributes the steps <c>backup.*</c>.</summary>
internal interface IBackups : IStepSource
{
    /// <summary>True when the definition declares anything to back up.</summary>
    bool Declared { get; }

    /// <summary>False when nothing of what is declared is on this machine.</summary>
    Task<bool> HasDataAsync(CancellationToken cancellationToken) => Task.FromResult(Declared);

    /// <summary>Findings about room, tools and credentials for a backup now.</summary>
    Task<IReadOnlyList<Finding>> CheckAsync(CancellationToken cancellationToken);

    /// <summary>Makes a backup; it is listed only once it is whole and verified. A repeated call with the same id starts it anew.</summary>
    Task<Backup> CreateAsync(BackupRequest request, CancellationToken cancellationToken);

    /// <summary>When a backup is copied away from the machine, in an update.</summary>
    CopyTime Copies { get; }

    /// <summary>Copies a backup to the remote store, or what is missing of it.</summary>
    /// <param name="others">Also those of earlier times that are still owed; what becomes of them is told in the findings.</param>
    /// <exception cref="AppException">Why it is not there whole.</exception>
    Task<IReadOnlyList<Finding>> UploadAsync(string backupId, bool others, Action<string, long, long?> progress, CancellationToken cancellationToken);

    /// <summary>Brings a backup from the remote store into the working folder; nothing when it is there.</summary>
    Task FetchAsync(string backupId, Action<string, long, long?> progress, CancellationToken cancellationToken);

    /// <summary>Newest first. A store that does not answer is told in the findings.</summary>
    /// <param name="everywhere">False for the backups on this machine alone.</param>
    Task<BackupListing> ListAsync(bool everywhere, CancellationToken cancellationToken);

    /// <summary>The newest backup on this machine that has a configuration file of which something is true.</summary>
    /// <param name="path">Absolute, on the application's host.</param>
    /// <param name="wanted">Asked of its content.</param>
    Task<Backup?> FindFileAsync(string path, Func<byte[], bool> wanted, CancellationToken cancellationToken) => Task.FromResult<Backup?>(null);

    /// <exception cref="AppException"><see cref="ErrorIds.BackupNotFound"/>.</exception>
    Task<Backup> GetAsync(string backupId, CancellationToken cancellationToken);

    /// <summary>Proves a backup as far as asked and records the proof in its manifest, in every store. One that is elsewhere is fetched first.</summary>
    /// <exception cref="AppException"><see cref="ErrorIds.BackupDamaged"/>, naming the file.</exception>
    Task<Backup> ProveAsync(string backupId, ProofLevel level, CancellationToken cancellationToken, Action<string, long, long?>? progress = null);

    /// <summary>Removes a backup from every place that keeps it: from the moment that its removal begins in one, it is not listed there. One that is not there is removed already.</summary>
    /// <exception cref="AppException">A place does not answer, or lets nothing be removed.</exception>
    Task RemoveAsync(string backupId, CancellationToken cancellationToken);

    /// <summary>Removes from this machine what the remote store has too, as far as the definition says so.</summary>
    /// <param name="needed">Ids that stay.</param>
    /// <returns>Ids of what is now in the remote store alone.</returns>
    /// <exception cref="AppException">The store does not answer.</exception>
    Task<IReadOnlyList<string>> TrimAsync(IReadOnlySet<string> needed, CancellationToken cancellationToken) => Task.FromResult<IReadOnlyList<string>>([]);

    /// <summary>Loads one database of a backup into a new one beside the live one, which is not touched.</summary>
    /// <param name="database">The name under <c>databases:</c>.</param>
    Task LoadAsync(string backupId, string database, string into, CancellationToken cancellationToken) => throw new NotSupportedException();

    /// <summary>Unpacks what a backup has of a volume into another one, which is empty.</summary>
    /// <param name="volume">The volume that was backed up, as the engine calls it.</param>
    /// <returns>False when the backup has nothing of it.</returns>
    Task<bool> LoadVolumeAsync(string backupId, string volume, string into, CancellationToken cancellationToken) => throw new NotSupportedException();

    /// <summary>What a restore of this backup would replace and lose, for a person's consent.</summary>
    Task<RestoreImpact> DescribeRestoreAsync(string backupId, CancellationToken cancellationToken);

    /// <summary>The steps that restore data of a backup (never configuration unless asked): load beside, check, swap.</summary>
    /// <param name="source">Only this source, such as <c>database:main</c>; null for all data sources.</param>
    Task<IReadOnlyList<PlannedStep>> PlanRestoreAsync(string backupId, string? source, CancellationToken cancellationToken);

    /// <summary>
    /// The steps that load a dump made by another tool (<c>.sql.gz</c>, <c>.sql</c>, <c>.dump</c>, a folder of <c>pg_dump -Fd</c>, the text of
    /// <c>pg_dumpall</c>) into a declared database, or unpack an archive of files into a declared volume or folder.
    /// </summary>
    /// <param name="source">Such as <c>database:main</c> or <c>main</c>, <c>volume:uploads</c>, <c>folder:data</c>; null when only one fits.</param>
    Task<IReadOnlyList<PlannedStep>> PlanRestoreFileAsync(string path, string? source, CancellationToken cancellationToken);
}

/// <summary>When an update copies its backup away.</summary>
internal enum CopyTime
{
    /// <summary>Backups stay where they are made.</summary>
    Never,

    /// <summary>Before it changes anything; it does not go on without.</summary>
    First,

    /// <summary>Last; what could not be sent then is sent with the next backup.</summary>
    Last,
}

/// <param name="Findings">Damaged backups, and stores that do not answer.</param>
internal sealed record BackupListing(IReadOnlyList<Backup> Backups, IReadOnlyList<Finding> Findings);

internal sealed record BackupRequest
{
    /// <summary>Sorts by time.</summary>
    public required string BackupId { get; init; }

    public string? OperationId { get; init; }

    /// <summary>Retention never removes it.</summary>
    public bool Pinned { get; init; }

    public Deployment? Deployment { get; init; }

    public string? SchemaFingerprint { get; init; }

    /// <summary>True to leave out what is not there at all: before a restore there is nothing of it to be lost.</summary>
    public bool SkipAbsent { get; init; }

    /// <summary>True when writers are stopped.</summary>
    public bool Quiesced { get; init; }

    /// <summary>Holds what writes while the data is copied; null when that is not this backup's business.</summary>
    public WriterHold? Hold { get; init; }

    /// <summary>Called with bytes done and, where known, total.</summary>
    public Action<string, long, long?> Progress { get; init; } = static (_, _, _) => { };
}
