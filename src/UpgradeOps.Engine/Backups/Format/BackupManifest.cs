using UpgradeOps.Engine.Databases;

namespace UpgradeOps.Engine.Backups.Format;

/// <summary>
/// <c>manifest.json</c> of a backup. Its members keep their names and meaning for as long as <see cref="Format"/> is 1; more may come.
/// </summary>
internal sealed record BackupManifest
{
    public const int NewestFormat = 1;

    public int Format { get; init; } = NewestFormat;

    public required string BackupId { get; init; }

    /// <summary>The application.</summary>
    public required string Name { get; init; }

    /// <summary>When the first source began (UTC).</summary>
    public required DateTimeOffset Moment { get; init; }

    /// <summary>The version that ran then.</summary>
    public string? Version { get; init; }

    public string? Digest { get; init; }

    public string? SchemaFingerprint { get; init; }

    public required BackupConsistency Consistency { get; init; }

    /// <summary>Seconds between the moments of the first and the last source: what was written in between may be in one of them only. 0 when nothing could write, or there is one source.</summary>
    public double SpreadSeconds { get; init; }

    /// <summary>Seconds for which the application was held, paused or stopped, so that it could not write; null when it was not.</summary>
    public double? HeldSeconds { get; init; }

    public IReadOnlyList<BackupFile> Files { get; init; } = [];

    public IReadOnlyList<SourceRecord> Sources { get; init; } = [];

    public BackupProof Proof { get; init; } = new();

    public string? OperationId { get; init; }

    /// <inheritdoc cref="Backup.Pinned"/>
    public bool Pinned { get; init; }

    /// <summary>What made it, by name: UpgradeOps itself, each database's server and dump tool.</summary>
    public IReadOnlyDictionary<string, string> Tools { get; init; } = new Dictionary<string, string>();

    /// <summary>What a person should know who relies on it.</summary>
    public IReadOnlyList<string> Notes { get; init; } = [];

    /// <summary>Commands that restore it without UpgradeOps, run in its folder.</summary>
    public IReadOnlyList<string> RestoreCommands { get; init; } = [];

    /// <summary>SHA-256 of this file's own bytes with 64 zeros in this place; always the last member.</summary>
    public string Seal { get; init; } = ManifestSeal.Blank;

    public Backup ToBackup(string location) => new()
    {
        Format = Format,
        Name = Name,
        BackupId = BackupId,
        Moment = Moment,
        RunningVersion = Version,
        Digest = Digest,
        SchemaFingerprint = SchemaFingerprint,
        Consistency = Consistency,
        SpreadSeconds = SpreadSeconds,
        HeldSeconds = HeldSeconds,
        Location = location,
        SizeBytes = Files.Sum(f => f.Size),
        Files = Files,
        Proof = Proof,
        Pinned = Pinned,
        OperationId = OperationId,
        Notes = Notes,
        RestoreCommands = RestoreCommands,
    };
}

/// <summary>How the copy of one source went.</summary>
internal sealed record SourceRecord
{
    /// <summary>As in the files: <c>database:main</c>, <c>volume:kmp-uploads</c>, <c>folder:data</c>, <c>file:.env</c>.</summary>
    public required string Source { get; init; }

    public required DateTimeOffset StartedAt { get; init; }

    public required DateTimeOffset EndedAt { get; init; }

    /// <summary>True when nothing can have changed it while it was copied, or the copy is of one moment by itself (a dump).</summary>
    public required bool Consistent { get; init; }

    /// <summary>What it is called where it lives: a database's name, a volume's full name, an absolute path.</summary>
    public string? Target { get; init; }

    /// <summary>Rows by table, counted in the dump itself and so of exactly its moment; null when it cannot be counted.</summary>
    public IReadOnlyDictionary<string, long>? Rows { get; init; }

    /// <summary>
    /// What was in each table's rows, from the dump itself like <see cref="Rows"/>: 16 hexadecimal digits, the sum modulo 2^64 of XXH64 (seed 0) of each row as
    /// the dump has it (a line of COPY without its end; the text between the parentheses of a tuple, the last one included). The order of rows does not matter.
    /// </summary>
    public IReadOnlyDictionary<string, string>? Checksums { get; init; }

    /// <summary>Where each table's growing key stood just after the dump: a row beyond it is newer than this backup.</summary>
    public IReadOnlyDictionary<string, RowMark>? Marks { get; init; }
}
