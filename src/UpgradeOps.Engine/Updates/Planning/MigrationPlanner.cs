using UpgradeOps.Engine.Apps.Definition;
using UpgradeOps.Engine.Json;
using UpgradeOps.Engine.Migrations;
using UpgradeOps.Engine.Migrations.Back;
using UpgradeOps.Engine.Operations;
using UpgradeOps.Engine.Preflight;
using UpgradeOps.Engine.Updates.Steps;

namespace UpgradeOps.Engine.Updates.Planning;

/// <summary>Makes the plan of applying what is pending of the version that is installed: back up, prove, run the declared command, look at health.</summary>
internal sealed class MigrationPlanner(AppRooms rooms)
{
    public async Task<UpdatePlan> PlanAsync(CancellationToken cancellationToken)
    {
        var declared = rooms.Migrations.Declared;
        if (declared.Command.Count == 0)
            throw new AppException(ErrorIds.MigrationCommandMissing, $"The definition of {rooms.Definition.Name} declares no command that runs its migrations.", rooms.Definition.Path);
        var current = await rooms.Platform.InspectAsync(cancellationToken).ConfigureAwait(false);
        var schema = await rooms.Schema.ReadAsync(cancellationToken).ConfigureAwait(false);
        var pending = await PendingAsync(declared, cancellationToken).ConfigureAwait(false);
        var present = Endpoints.Of(current, null, schema);
        var plan = new UpdatePlan
        {
            Name = rooms.Definition.Name,
            Kind = OperationKind.Migration,
            From = present,
            To = present with { ConfigHashes = new Dictionary<string, string>(), SchemaFingerprint = null },
            OnFailureData = rooms.Definition.OnFailureData,
            CreatedAt = rooms.Options.Time.GetUtcNow(),
        };
        if (pending is { Count: 0 })
            return PlanHash.Seal(plan);

        var job = await rooms.Platform.PlanJobAsync(declared.Service, null, cancellationToken).ConfigureAwait(false);
        var run = MigrationSteps.PlanRun(rooms.Definition, current.Version, schema?.Fingerprint, job);
        return PlanHash.Seal(plan with
        {
            Steps = await ArrangeAsync(run, current, present, cancellationToken).ConfigureAwait(false),
            Findings = [Tell(pending), .. schema?.Findings ?? []],
        });
    }

    private async Task<IReadOnlyList<PlannedStep>> ArrangeAsync(PlannedStep run, Deployment current, PlanEndpoint from, CancellationToken cancellationToken)
    {
        var definition = rooms.Definition;
        var stop = current.IsRunning && (definition.OnFailureData == DataPolicy.Restore || definition.Quiesce == QuiesceMode.Stop);
        var steps = new List<PlannedStep>();
        if (stop)
            steps.Add(AppSteps.PlanStop(StepPhase.Quiesce));
        if (rooms.Backups.Declared && await rooms.Backups.HasDataAsync(cancellationToken).ConfigureAwait(false))
            steps.AddRange(BackupSteps.Plan(stop, from, definition.Quiesce == QuiesceMode.Pause, definition.Prove, rooms.Backups.Copies).Where(s => s.Phase < StepPhase.Switch));
        steps.Add(DataSteps.PlanGuard(definition.OnFailureData, whileRunning: current.IsRunning && !stop));
        steps.Add(run);
        if (stop)
            steps.Add(AppSteps.PlanStart(StepPhase.Migrate));
        if (current.IsRunning)
            steps.AddRange(rooms.Health.Plan(current.Version).Where(s => s.Phase == StepPhase.Verify));
        return StepOrder.Numbered(steps);
    }

    /// <returns>Null when the release's migrations cannot be seen.</returns>
    private async Task<IReadOnlyList<Migration>?> PendingAsync(MigrationsDefinition declared, CancellationToken cancellationToken)
    {
        if (declared is { Table: null, Query: null })
            return null;
        var ledger = await rooms.Migrations.ReadAsync(null, cancellationToken).ConfigureAwait(false);
        return ledger.Files is null ? null : [.. ledger.Entries.Where(m => m.State == MigrationState.Pending)];
    }

    private Finding Tell(IReadOnlyList<Migration>? pending) => pending is null
        ? Findings.Of(FindingSeverity.Information, ErrorIds.MigrationsPending, rooms.Definition.Name, $"Which migrations of {rooms.Definition.Name} are pending cannot be seen: the definition does not say where a release has its migrations. The command finds out.", "Add 'files:' to migrations in the definition.")
        : Findings.Of(FindingSeverity.Information, ErrorIds.MigrationsPending, rooms.Definition.Name, $"Pending: {string.Join(", ", pending.Select(m => m.Title is { } title ? $"{m.Version} ({title})" : m.Version))}.");
}
