using UpgradeOps.Engine.Backups.Stores;
using UpgradeOps.Engine.Databases;

namespace UpgradeOps.Engine.Backups.Sources;

/// <summary>One thing that is backed up. One class each.</summary>
internal interface IBackupSource
{
    /// <summary>As it stands in manifests: <c>database:main</c>, <c>volume:kmp-uploads</c>, <c>folder:data</c>, <c>files</c>.</summary>
    string Id { get; }

    /// <summary>Lower ones are copied first: rows may name files, so files are never older than the rows.</summary>
    int Rank { get; }

    /// <summary>Bytes to be read, as far as it can be told cheaply; null when it cannot.</summary>
    Task<long?> EstimateAsync(CancellationToken cancellationToken);

    /// <summary>What would make a backup fail now.</summary>
    Task<IReadOnlyList<Finding>> CheckAsync(CancellationToken cancellationToken);

    /// <summary>True when there is nothing of it on this machine, as on one that an application is only now restored to. False when that cannot be told.</summary>
    Task<bool> IsAbsentAsync(CancellationToken cancellationToken) => Task.FromResult(false);

    /// <exception cref="AppException">It could not be copied whole.</exception>
    Task<SourceCopy> CopyAsync(PartialBackup backup, SourceContext context, CancellationToken cancellationToken);
}

/// <summary>What a source is told about the backup it is part of.</summary>
internal sealed record SourceContext
{
    /// <summary>True when everything that writes is stopped.</summary>
    public bool Quiesced { get; init; }

    /// <summary>Called with the bytes that were read since the last call.</summary>
    public Action<long> Progress { get; init; } = static _ => { };
}

/// <summary>How copying went.</summary>
internal sealed record SourceCopy
{
    /// <inheritdoc cref="Format.SourceRecord.Consistent"/>
    public required bool Consistent { get; init; }

    /// <inheritdoc cref="Format.SourceRecord.Target"/>
    public string? Target { get; init; }

    public IReadOnlyDictionary<string, long>? Rows { get; init; }

    /// <inheritdoc cref="Format.SourceRecord.Checksums"/>
    public IReadOnlyDictionary<string, string>? Checksums { get; init; }

    /// <inheritdoc cref="Format.SourceRecord.Marks"/>
    public IReadOnlyDictionary<string, RowMark>? Marks { get; init; }

    public IReadOnlyList<string> Notes { get; init; } = [];

    /// <summary>Name and version of what was used.</summary>
    public IReadOnlyDictionary<string, string> Tools { get; init; } = new Dictionary<string, string>();

    public IReadOnlyList<string> RestoreCommands { get; init; } = [];
}
