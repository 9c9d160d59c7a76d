using UpgradeOps.Engine.Json;
using UpgradeOps.Engine.Operations;
using UpgradeOps.Engine.Updates.Rehearsing;

namespace UpgradeOps.Engine.Updates.Planning;

/// <summary>Makes the plan of a rehearsal: back the live data up without holding anybody, prove the backup, try the update on it.</summary>
internal sealed class RehearsalPlanner(AppRooms rooms)
{
    /// <exception cref="AppException"><see cref="ErrorIds.RehearsalNotDeclared"/>; <see cref="ErrorIds.RehearsalShares"/>; <see cref="ErrorIds.RehearsalFolderTaken"/>; what is wrong with the version.</exception>
    public async Task<UpdatePlan> PlanAsync(UpdateOptions options, CancellationToken cancellationToken)
    {
        var definition = rooms.Definition;
        if (definition.Rehearse is null)
            throw new AppException(ErrorIds.RehearsalNotDeclared, $"The definition of {definition.Name} does not say how a copy of it is told its port and its databases.", definition.Path);
        SharedPlaces.Refuse(definition);
        await new ScratchApp(rooms, "plan").RefuseForeignAsync(cancellationToken).ConfigureAwait(false);
        var memory = await rooms.State.ReadAsync(cancellationToken).ConfigureAwait(false);
        var release = await rooms.Releases.ResolveAsync(
            options.Version, options.Channel ?? (options.Version is null ? memory.Channel ?? definition.Releases.Channel : null), cancellationToken).ConfigureAwait(false);
        var current = await rooms.Platform.InspectAsync(cancellationToken).ConfigureAwait(false);
        var from = Endpoints.Of(current, null, await rooms.Schema.ReadAsync(cancellationToken).ConfigureAwait(false));
        return PlanHash.Seal(new UpdatePlan
        {
            Name = definition.Name,
            Kind = OperationKind.Rehearsal,
            From = from,
            To = Endpoints.Of(release, null),
            OnFailureData = DataPolicy.Keep,
            Steps = StepOrder.Numbered([
                .. definition.Databases.Count > 0 || (definition.Platform.Compose is not null && rooms.Backups.Declared) ? BackupSteps.Plan(quiesced: false, from, proof: options.ProveBackup ?? definition.Prove) : [],
                RehearsalSteps.Plan(release),
            ]),
            CreatedAt = rooms.Options.Time.GetUtcNow(),
        });
    }
}
