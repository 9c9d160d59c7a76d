using UpgradeOps.Engine.Operations;
using UpgradeOps.Engine.State;
using UpgradeOps.Engine.Steps;

namespace UpgradeOps.Engine.Updates.Rehearsing;

/// <summary>The copy of an application that a rehearsal runs, and all that is left of one.</summary>
internal sealed class ScratchApp(AppRooms live, string operationId)
{
    private readonly IScratchPlace place = live.Definition.Platform.Service is null ? new ComposePlace(live, operationId) : new ServicePlace(live, operationId);

    /// <summary>State of the copy's own update; nothing of it is needed once the rehearsal is over.</summary>
    public string State => StateOf(live);

    /// <summary>On this machine, wherever the live application's stands.</summary>
    public static string StateOf(AppRooms live) =>
        Path.Combine(StateFolders.Of(live.Definition.Name, live.Definition.State is { Host: null, Folder: { } here } ? here : null, live.Options), "rehearsal");

    /// <summary>
    /// Ends the copy, and what it may have left running, and removes its databases and folders. Nothing happens when there is nothing; a
    /// folder that no rehearsal made stays.
    /// </summary>
    public async Task RemoveAsync(CancellationToken cancellationToken)
    {
        try
        {
            await place.RemoveAsync(cancellationToken).ConfigureAwait(false);
            foreach (var (id, database) in live.Databases)
                await database.DropAsync(ScratchDefinition.Database(live.Definition, id, operationId), cancellationToken).ConfigureAwait(false);
        }
        finally
        {
            // Also when the host stays away: what is left over there is found without it, by another client too.
            if (Directory.Exists(State))
                Directory.Delete(State, recursive: true);
        }
    }

    /// <exception cref="AppException"><see cref="ErrorIds.RehearsalFolderTaken"/>; <see cref="ErrorIds.RehearsalShares"/>; on Compose <see cref="ErrorIds.RehearsalNotDeclared"/> too, where its port is not known.</exception>
    public Task RefuseForeignAsync(CancellationToken cancellationToken) => place.RefuseForeignAsync(cancellationToken);

    /// <param name="backupId">The backup that the operation made; null where nothing was to be backed up.</param>
    /// <returns>What a person must know of the copy.</returns>
    public Task<IReadOnlyList<Finding>> PrepareAsync(StepContext context, string? backupId, CancellationToken cancellationToken) => place.PrepareAsync(context, backupId, cancellationToken);
}
