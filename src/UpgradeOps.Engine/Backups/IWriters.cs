namespace UpgradeOps.Engine.Backups;

/// <summary>What writes an application's data, and how it is kept from it for the moment of a backup: <c>quiesce:</c> in the definition.</summary>
internal interface IWriters
{
    /// <summary>Whether the definition asks for them to be held.</summary>
    bool AreHeld { get; }

    /// <summary>Ids of what runs now.</summary>
    Task<IReadOnlyList<string>> RunningAsync(CancellationToken cancellationToken);

    /// <summary>Pauses or stops them; when this returns, nothing is written any more.</summary>
    Task HoldAsync(IReadOnlyList<string> ids, CancellationToken cancellationToken);

    /// <summary>Lets them write again; nothing happens to one that may already, or is gone.</summary>
    Task ReleaseAsync(IReadOnlyList<string> ids, CancellationToken cancellationToken);
}
