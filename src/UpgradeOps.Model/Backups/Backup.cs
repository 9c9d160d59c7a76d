namespace UpgradeOps;

/// <summary>How far a backup was proved.</summary>
public enum ProofLevel
{
    None,

    /// <summary>Every file has its recorded size and SHA-256.</summary>
    Checksum,

    /// <summary>Every file is whole by its own format: end marks, archive directories, member checksums.</summary>
    Structure,

    /// <summary>It was restored into a scratch place and compared.</summary>
    Restore,
}

/// <summary>How the sources of one backup relate in time.</summary>
public enum BackupConsistency
{
    /// <summary>Writes were stopped from the first source to the last.</summary>
    Quiesced,

    /// <summary>Each source is consistent in itself; they may be moments apart.</summary>
    EachSource,

    /// <summary>At least one source was copied while it may have been written to.</summary>
    BestEffort,
}

/// <summary>A kept copy of an application's data and configuration.</summary>
public sealed record Backup
{
    /// <summary>The manifest's format; a newer one than this program knows is refused.</summary>
    public int Format { get; init; } = 1;

    public required string Name { get; init; }

    /// <summary>Sorts by time.</summary>
    public required string BackupId { get; init; }

    /// <summary>The moment that it shows (UTC): when its first source began.</summary>
    public required DateTimeOffset Moment { get; init; }

    /// <summary>The version that ran then. Not called Version: a backup that is piped to an update must not choose one.</summary>
    public string? RunningVersion { get; init; }

    public string? Digest { get; init; }

    public string? SchemaFingerprint { get; init; }

    public required BackupConsistency Consistency { get; init; }

    /// <summary>Seconds between the moments of the first and the last source: what was written in between may be in one of them only. 0 when nothing could write, or there is one source.</summary>
    public double SpreadSeconds { get; init; }

    /// <summary>Seconds for which the application was held, paused or stopped, so that it could not write; null when it was not.</summary>
    public double? HeldSeconds { get; init; }

    /// <summary>The folder or address that holds it; of several the nearest.</summary>
    public required string Location { get; init; }

    /// <summary>Every store that keeps it whole, the nearest first: <c>local</c>, <c>s3</c>, <c>ssh</c>.</summary>
    public IReadOnlyList<string> Stores { get; init; } = ["local"];

    /// <summary>Bytes of all files as they are stored.</summary>
    public long SizeBytes { get; init; }

    public IReadOnlyList<BackupFile> Files { get; init; } = [];

    public BackupProof Proof { get; init; } = new();

    /// <summary>True when a person said that retention never removes it.</summary>
    public bool Pinned { get; init; }

    /// <summary>What retention says of it; null where it was not asked.</summary>
    public BackupRetention? Retention { get; init; }

    /// <summary>The operation that it was made for; null when made by hand.</summary>
    public string? OperationId { get; init; }

    /// <summary>What a person should know who relies on it, such as a file that changed while it was copied.</summary>
    public IReadOnlyList<string> Notes { get; init; } = [];

    /// <summary>Commands that restore it without UpgradeOps.</summary>
    public IReadOnlyList<string> RestoreCommands { get; init; } = [];
}

/// <summary>One file of a backup.</summary>
public sealed record BackupFile
{
    /// <summary>Relative to the backup's folder, with forward slashes.</summary>
    public required string Path { get; init; }

    public required long Size { get; init; }

    /// <summary>Lower case hexadecimal, of the bytes as stored.</summary>
    public required string Sha256 { get; init; }

    /// <summary>What it is a copy of, such as <c>database:main</c>, <c>volume:kmp-uploads</c>, <c>file:.env</c>.</summary>
    public required string Source { get; init; }

    /// <summary>How it is stored: <c>none</c>, or a compression (<c>gzip</c>, <c>zstd</c>) with its content before it: <c>tar+zstd</c>, <c>pg-custom+gzip</c>; alone it is SQL text.</summary>
    public required string Encoding { get; init; }

    /// <summary>Bytes before compression; unpacking never yields more.</summary>
    public long? OriginalSize { get; init; }
}

/// <summary>What was done to prove that a backup can be restored.</summary>
public sealed record BackupProof
{
    public ProofLevel Level { get; init; } = ProofLevel.None;

    public DateTimeOffset? At { get; init; }

    public IReadOnlyList<string> Evidence { get; init; } = [];
}

/// <summary>What a restore did.</summary>
public sealed record RestoreResult
{
    public required string Name { get; init; }

    public required string BackupId { get; init; }

    public required UpdateStatus Status { get; init; }

    public string? OperationId { get; init; }

    public IReadOnlyList<string> Restored { get; init; } = [];

    /// <summary>Where the data that was live before is kept; with <c>-As</c> what stands beside the live data now.</summary>
    public IReadOnlyList<KeptData> KeptAside { get; init; } = [];

    /// <summary>The backup that was taken of the live data first.</summary>
    public string? SafetyBackupId { get; init; }

    public AppError? Error { get; init; }

    public string? Next { get; init; }
}
