using UpgradeOps.Engine.Backups.Restore;
using UpgradeOps.Engine.Json;
using UpgradeOps.Engine.Operations;
using UpgradeOps.Engine.Updates.Steps;

namespace UpgradeOps.Engine.Updates.Planning;

/// <summary>Makes the plan of a restore: stop writers, back up what is there, load beside, swap, start, verify.</summary>
internal sealed class RestorePlanner(AppRooms rooms)
{
    public async Task<UpdatePlan> PlanAsync(RestoreOptions options, CancellationToken cancellationToken)
    {
        var current = await rooms.Platform.InspectAsync(cancellationToken).ConfigureAwait(false);
        var schema = await rooms.Schema.ReadAsync(cancellationToken).ConfigureAwait(false);
        var backupId = options.Path is null ? await ChooseAsync(options, cancellationToken).ConfigureAwait(false) : null;
        var restore = backupId is null
            ? await rooms.Backups.PlanRestoreFileAsync(Path.GetFullPath(options.Path!), options.Source ?? options.Database, cancellationToken).ConfigureAwait(false)
            : await rooms.Backups.PlanRestoreAsync(backupId, options.Source ?? (options.Database is null ? null : $"database:{options.Database}"), cancellationToken).ConfigureAwait(false);
        if (options.As is { } name)
            return Beside(BesidePlan.Of(restore, name, rooms.Definition), backupId ?? options.Path!, Endpoints.Of(current, null, schema));
        var impact = backupId is null ? RestoreImpact.None : await rooms.Backups.DescribeRestoreAsync(backupId, cancellationToken).ConfigureAwait(false);
        var findings = impact.Findings.ToList();
        if (!options.Force)
        {
            findings.Insert(0, new Finding
            {
                Severity = FindingSeverity.Blocker,
                ErrorId = ErrorIds.RestoreNeedsConsent,
                Target = rooms.Definition.Name,
                Message = $"Restoring {backupId ?? options.Path} replaces the live data of {rooms.Definition.Name}; what is live now is kept aside. "
                    + impact.Text,
                RecommendedAction = ErrorCatalogue.Find(ErrorIds.RestoreNeedsConsent)?.DefaultAction,
            });
        }

        var from = Endpoints.Of(current, null, schema);
        return PlanHash.Seal(new UpdatePlan
        {
            Name = rooms.Definition.Name,
            Kind = OperationKind.Restore,
            From = from,
            To = new PlanEndpoint { Version = backupId ?? options.Path },
            Steps = await ArrangeAsync(restore, current.IsRunning, from, cancellationToken).ConfigureAwait(false),
            OnFailureData = DataPolicy.Keep,
            Findings = findings,
            DataSince = impact.Tables,
            CreatedAt = rooms.Options.Time.GetUtcNow(),
        });
    }

    /// <summary>Nothing live is touched: nobody is stopped, nothing is backed up, nothing can be lost.</summary>
    private UpdatePlan Beside(IReadOnlyList<PlannedStep> steps, string what, PlanEndpoint from) => PlanHash.Seal(new UpdatePlan
    {
        Name = rooms.Definition.Name,
        Kind = OperationKind.Restore,
        From = from,
        To = new PlanEndpoint { Version = what },
        Steps = StepOrder.Numbered([.. steps]),
        OnFailureData = DataPolicy.Keep,
        CreatedAt = rooms.Options.Time.GetUtcNow(),
    });

    private async Task<IReadOnlyList<PlannedStep>> ArrangeAsync(
        IReadOnlyList<PlannedStep> restore, bool running, PlanEndpoint from, CancellationToken cancellationToken)
    {
        // What each step does to the live data decides its place: loading beside needs no stop, swapping does.
        var steps = new List<PlannedStep>();
        steps.AddRange(restore.Where(s => s.Phase < StepPhase.Switch));
        if (running)
        {
            steps.Add(AppSteps.PlanStop(StepPhase.Quiesce));
        }

        // On a machine that the application is only now restored to there is nothing to be lost.
        if (rooms.Backups.Declared && await rooms.Backups.HasDataAsync(cancellationToken).ConfigureAwait(false))
        {
            steps.AddRange(BackupSteps.PlanSafety(from));
        }

        steps.AddRange(restore.Where(s => s.Phase >= StepPhase.Switch));
        if (running)
        {
            steps.Add(AppSteps.PlanStart(StepPhase.Switch));
            steps.AddRange(rooms.Health.Plan(null));
        }

        return StepOrder.Numbered(steps);
    }

    private async Task<string> ChooseAsync(RestoreOptions options, CancellationToken cancellationToken)
    {
        if (options.BackupId is { } named)
        {
            return (await rooms.Backups.GetAsync(named, cancellationToken).ConfigureAwait(false)).BackupId;
        }

        var (all, findings) = await rooms.Backups.ListAsync(everywhere: true, cancellationToken).ConfigureAwait(false);
        return all.Count > 0
            ? all[0].BackupId
            : findings.Count > 0 ? throw new AppException(findings[0].ErrorId, findings[0].Message, findings[0].Target, findings[0].RecommendedAction)
            : throw new AppException(ErrorIds.BackupNotFound, $"There is no backup of {rooms.Definition.Name}.", rooms.Definition.Name);
    }
}
