using UpgradeOps.Engine.Hosts;
using UpgradeOps.Engine.Hosts.Work;
using UpgradeOps.Engine.Operations;
using UpgradeOps.Engine.Platforms.Service;
using UpgradeOps.Engine.Platforms.Service.Builds;
using UpgradeOps.Engine.Progress;
using UpgradeOps.Engine.State;

namespace UpgradeOps.Engine.Updates.Rehearsing;

/// <summary>The copy of an application that a rehearsal runs, and all that is left of one.</summary>
internal sealed class ScratchApp(AppRooms live, string operationId)
{
    /// <summary>State of the copy's own update; nothing of it is needed once the rehearsal is over.</summary>
    public string State => Path.Combine(StateFolders.Of(live.Definition.Name, live.Definition.State?.Folder, live.Options), "rehearsal");

    /// <summary>
    /// Ends the copy, and what it may have left running, and removes its databases and folders. Nothing happens when there is nothing; a
    /// folder that no rehearsal made stays.
    /// </summary>
    public async Task RemoveAsync(CancellationToken cancellationToken)
    {
        var folder = ScratchFolder.Of(live);
        if (await folder.IsOursAsync(cancellationToken).ConfigureAwait(false))
        {
            await EndAsync(cancellationToken).ConfigureAwait(false);
            await folder.RemoveAsync(cancellationToken).ConfigureAwait(false);
        }

        foreach (var (id, database) in live.Databases)
            await database.DropAsync(ScratchDefinition.Database(live.Definition, id, operationId), cancellationToken).ConfigureAwait(false);
        if (Directory.Exists(State))
            Directory.Delete(State, recursive: true);
    }

    /// <exception cref="AppException"><see cref="ErrorIds.RehearsalFolderTaken"/>.</exception>
    public Task RefuseForeignAsync(CancellationToken cancellationToken) => ScratchFolder.Of(live).RefuseForeignAsync(cancellationToken);

    public Task PrepareAsync(CancellationToken cancellationToken) => ScratchFolder.Of(live).CreateAsync(cancellationToken);

    private async Task EndAsync(CancellationToken cancellationToken)
    {
        var definition = ScratchDefinition.Of(live.Definition, operationId, port: 1, out _);
        var paths = new ServicePaths(definition.Platform.Directory);
        var rooms = live.Beside(definition, NoProgress.Instance, State);
        await using (rooms.ConfigureAwait(false))
        {
            await rooms.Platform.StopWritersAsync(cancellationToken).ConfigureAwait(false);
            foreach (var left in (await live.Host.Files.ListAsync(paths.Run, cancellationToken).ConfigureAwait(false)).Where(e => e.IsFolder))
                await new DetachedWork(live.Host, left.Path, live.Options.Time).EndAsync(cancellationToken).ConfigureAwait(false);
            await BuildRun.EndAllAsync(live.Host, paths, live.Options.Time, cancellationToken).ConfigureAwait(false);
        }
    }
}
