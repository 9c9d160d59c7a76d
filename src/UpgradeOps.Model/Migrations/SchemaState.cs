namespace UpgradeOps;

/// <summary>Where one migration stands.</summary>
public enum MigrationState
{
    Applied,

    /// <summary>The release brings it, the database does not have it.</summary>
    Pending,

    /// <summary>Its tool wrote down that it failed.</summary>
    Failed,

    /// <summary>Its tool stopped in the middle of it, and refuses to go on until a person has looked.</summary>
    Dirty,

    /// <summary>Applied, but its text in the release is another one since.</summary>
    Changed,

    /// <summary>Applied, but the release does not bring it: a newer one did.</summary>
    Unknown,
}

/// <summary>One schema migration as its tracker tells it.</summary>
public sealed record Migration
{
    public required string Name { get; init; }

    /// <summary>The tracker's own identity, such as <c>20260219030000</c>.</summary>
    public required string Version { get; init; }

    public string? Title { get; init; }

    public required MigrationState State { get; init; }

    public DateTimeOffset? AppliedAt { get; init; }

    /// <summary>Its file's name in the release; null where the release's migrations cannot be seen.</summary>
    public string? File { get; init; }

    /// <summary>The file that takes it back; null when the release has none.</summary>
    public string? DownFile { get; init; }

    /// <summary>What its state means; null for one that needs no word.</summary>
    public string? Note { get; init; }
}

/// <summary>What schema a database has.</summary>
public sealed record SchemaState
{
    public required string Database { get; init; }

    /// <summary>The tracker's table; null where none is declared and the catalogue itself was hashed.</summary>
    public string? Tracker { get; init; }

    public IReadOnlyList<Migration> Migrations { get; init; } = [];

    /// <summary>Equal for equal schemas: SHA-256 over the applied migrations and the catalogue's columns.</summary>
    public required string Fingerprint { get; init; }

    /// <summary>What could not be told from the tracker, such as a table of a kind that is not known.</summary>
    public IReadOnlyList<Finding> Findings { get; init; } = [];
}
