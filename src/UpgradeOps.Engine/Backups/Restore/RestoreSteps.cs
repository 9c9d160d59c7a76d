using UpgradeOps.Engine.Backups.Raft;
using UpgradeOps.Engine.Steps;

namespace UpgradeOps.Engine.Backups.Restore;

/// <summary>The kinds of steps that this room knows, and names of what they are given and record.</summary>
internal static class RestoreSteps
{
    public const string CreateKind = "backup.create";
    public const string ProveKind = "backup.prove";
    public const string UploadKind = "backup.upload";
    public const string FetchKind = "backup.fetch";
    public const string LoadKind = "backup.load";
    public const string SwapKind = "backup.swap";
    public const string VolumeKind = "backup.restoreVolume";
    public const string FolderKind = "backup.restoreFolder";
    public const string FilesKind = "backup.restoreFiles";
    public const string SqliteKind = "backup.restoreSqlite";
    public const string RaftKind = "backup.restoreRaft";
    public const string BesideKind = "backup.restoreBeside";
    public const string CommandKind = "backup.restoreCommand";

    /// <summary>Input of <see cref="CreateKind"/>: <c>true</c> to hold what writes meanwhile.</summary>
    public const string HoldInput = "hold";

    /// <summary>Input of <see cref="CreateKind"/>: <c>skip</c> to leave out what is not there.</summary>
    public const string AbsentInput = "absent";

    /// <summary>Input of <see cref="UploadKind"/>: <c>true</c> when it may fail.</summary>
    public const string LateInput = "late";

    /// <summary>Output of <see cref="CreateKind"/>.</summary>
    public const string BackupIdOutput = "backupId";

    /// <summary>Output of <see cref="ProveKind"/>: a <see cref="BackupProof"/> as JSON.</summary>
    public const string ProofOutput = "proof";

    /// <summary>Output of every step that put something aside: a JSON array of names.</summary>
    public const string KeptAsideOutput = "keptAside";

    public const string FromBackup = "from";
    public const string Source = "source";
    public const string File = "file";
    public const string Target = "target";

    public static IStep Create(PlannedStep planned, RestoreParts parts) => planned.Kind switch
    {
        CreateKind => new CreateStep(planned, parts),
        ProveKind => new ProveStep(planned, parts),
        UploadKind => new UploadStep(planned, parts),
        FetchKind => new FetchStep(planned, parts),
        LoadKind => new LoadStep(planned, parts),
        SwapKind => new SwapStep(planned, parts),
        VolumeKind => new RestoreVolumeStep(planned, parts),
        FolderKind => new RestoreFolderStep(planned, parts),
        SqliteKind => new RestoreSqliteStep(planned, parts),
        BesideKind => new RestoreBesideStep(planned, parts),
        RaftKind => new RestoreRaftStep(planned, parts),
        CommandKind => new RestoreCommandStep(planned, parts),
        FilesKind => new RestoreFilesStep(planned, parts),
        _ => throw new AppException(ErrorIds.PlanDamaged, $"Step {planned.Id} has the unknown kind '{planned.Kind}'.", planned.Id),
    };
}
