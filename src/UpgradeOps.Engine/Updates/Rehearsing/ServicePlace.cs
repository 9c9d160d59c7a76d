using UpgradeOps.Engine.Hosts.Work;
using UpgradeOps.Engine.Operations;
using UpgradeOps.Engine.Platforms.Service;
using UpgradeOps.Engine.Platforms.Service.Builds;
using UpgradeOps.Engine.Progress;
using UpgradeOps.Engine.Steps;

namespace UpgradeOps.Engine.Updates.Rehearsing;

/// <summary>A folder of its own beside the releases.</summary>
internal sealed class ServicePlace(AppRooms live, string operationId) : IScratchPlace
{
    public Task RefuseForeignAsync(CancellationToken cancellationToken) => ScratchFolder.Of(live).RefuseForeignAsync(cancellationToken);

    public async Task<IReadOnlyList<Finding>> PrepareAsync(StepContext context, string? backupId, CancellationToken cancellationToken)
    {
        await ScratchFolder.Of(live).CreateAsync(cancellationToken).ConfigureAwait(false);
        return [];
    }

    public async Task RemoveAsync(CancellationToken cancellationToken)
    {
        var folder = ScratchFolder.Of(live);
        if (!await folder.IsOursAsync(cancellationToken).ConfigureAwait(false))
            return;
        await EndAsync(cancellationToken).ConfigureAwait(false);
        await folder.RemoveAsync(cancellationToken).ConfigureAwait(false);
    }

    private async Task EndAsync(CancellationToken cancellationToken)
    {
        var definition = ScratchDefinition.Of(live.Definition, operationId, port: 1, out _);
        var paths = new ServicePaths(definition.Platform.Directory);
        var rooms = live.Beside(definition, NoProgress.Instance, ScratchApp.StateOf(live));
        await using (rooms.ConfigureAwait(false))
        {
            await rooms.Platform.StopWritersAsync(cancellationToken).ConfigureAwait(false);
            foreach (var left in (await live.Host.Files.ListAsync(paths.Run, cancellationToken).ConfigureAwait(false)).Where(e => e.IsFolder))
                await new DetachedWork(live.Host, left.Path, live.Options.Time).EndAsync(cancellationToken).ConfigureAwait(false);
            await BuildRun.EndAllAsync(live.Host, paths, live.Options.Time, cancellationToken).ConfigureAwait(false);
        }
    }
}
