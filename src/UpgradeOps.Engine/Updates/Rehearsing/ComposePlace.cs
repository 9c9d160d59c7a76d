using UpgradeOps.Engine.Operations;
using UpgradeOps.Engine.Platforms.Compose.Scratch;
using UpgradeOps.Engine.Platforms.Generate;
using UpgradeOps.Engine.Progress;
using UpgradeOps.Engine.Steps;

namespace UpgradeOps.Engine.Updates.Rehearsing;

/// <summary>Containers and volumes of its own in the application's engine.</summary>
internal sealed class ComposePlace(AppRooms live, string operationId) : IScratchPlace
{
    public async Task RefuseForeignAsync(CancellationToken cancellationToken)
    {
        var missing = (await live.Generate.LookAsync(cancellationToken).ConfigureAwait(false)).Where(v => v.State is ValueState.Missing or ValueState.PublicMissing).Select(v => v.Entry.Name).ToList();
        if (missing.Count > 0)
        {
            throw new AppException(
                ErrorIds.RehearsalIncomplete,
                $"The update of {live.Definition.Name} makes {string.Join(", ", missing)} in {live.Definition.Platform.Directory}, which a copy on Compose would need there already: nothing is made in the live folder for a rehearsal.",
                live.Definition.Path,
                "Make what is missing yourself and rehearse again, or update without a rehearsal.");
        }

        await UseAsync(platform => platform.RefuseSharesAsync(cancellationToken)).ConfigureAwait(false);
    }

    public Task<IReadOnlyList<Finding>> PrepareAsync(StepContext context, string? backupId, CancellationToken cancellationToken) => UseAsync(async platform =>
    {
        var findings = await platform.RefuseSharesAsync(cancellationToken).ConfigureAwait(false);
        foreach (var (volume, into) in await platform.CreateVolumesAsync(cancellationToken).ConfigureAwait(false))
        {
            context.Tell($"Restoring volume {volume} into {into}");
            if (backupId is not null)
                await live.Backups.LoadVolumeAsync(backupId, volume, into, cancellationToken).ConfigureAwait(false);
        }

        return findings;
    });

    public Task RemoveAsync(CancellationToken cancellationToken) => UseAsync(async platform =>
    {
        await platform.RemoveAsync(cancellationToken).ConfigureAwait(false);
        return true;
    });

    private async Task<T> UseAsync<T>(Func<ScratchPlatform, Task<T>> work)
    {
        var definition = ScratchDefinition.Of(live.Definition, operationId, port: 1, out _);
        var rooms = live.Beside(definition, NoProgress.Instance, ScratchApp.StateOf(live));
        await using (rooms.ConfigureAwait(false))
            return await work((ScratchPlatform)rooms.Platform).ConfigureAwait(false);
    }
}
