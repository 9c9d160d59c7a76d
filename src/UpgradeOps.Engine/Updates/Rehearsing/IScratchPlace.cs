using UpgradeOps.Engine.Steps;

namespace UpgradeOps.Engine.Updates.Rehearsing;

/// <summary>Where a copy runs: what it needs there beside its databases, and all that is left of it. One for each platform.</summary>
internal interface IScratchPlace
{
    /// <summary>Looks, before anything is done, whether the copy would come upon what is not its own.</summary>
    Task RefuseForeignAsync(CancellationToken cancellationToken);

    /// <param name="backupId">The backup that the operation made; null where nothing was to be backed up.</param>
    /// <returns>What a person must know of the copy.</returns>
    Task<IReadOnlyList<Finding>> PrepareAsync(StepContext context, string? backupId, CancellationToken cancellationToken);

    /// <summary>Ends and removes the copy, whatever is there of it; nothing happens when there is nothing.</summary>
    Task RemoveAsync(CancellationToken cancellationToken);
}
