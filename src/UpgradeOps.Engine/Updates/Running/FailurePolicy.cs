using UpgradeOps.Engine.Migrations.Back;
using UpgradeOps.Engine.Operations;
using UpgradeOps.Engine.State;
using UpgradeOps.Engine.Updates.Journal;
using UpgradeOps.Engine.Updates.Planning;

namespace UpgradeOps.Engine.Updates.Running;

/// <summary>What to do about a failure of this application: evidence, data, proof that the old version is back, memory of the bad one.</summary>
internal sealed class FailurePolicy(AppRooms rooms, ILease lease) : IFailurePolicy
{
    public Task<Evidence> CaptureAsync(OperationRecord record, PlannedStep failed, AppError error) =>
        new EvidenceKeeper(rooms, lease).CaptureAsync(record, failed, error);

    public AppError Clean(AppError error) => rooms.Redaction.Clean(error);

    public async Task<DataDecision> DecideAsync(OperationRecord record, CancellationToken cancellationToken)
    {
        var decided = await DataRule.DecideAsync(rooms, record, cancellationToken).ConfigureAwait(false);
        return decided == DataPolicy.Stop && record.DataChoice is null
            ? new DataDecision(decided, await NeedsChoiceAsync(record, cancellationToken).ConfigureAwait(false))
            : new DataDecision(decided);
    }

    public async Task<AppError?> VerifyOldAsync(OperationRecord record, CancellationToken cancellationToken)
    {
        var outage = record.Plan.Steps.Any(s => s.CausesOutage && record.Step(s.Id).Begun);
        // A migration that failed while the old version served may have left it a schema that it cannot live with.
        var migrated = record.Plan.Kind == OperationKind.Update && record.Plan.Steps.Any(s => MigrationSteps.Changes(s) && record.Step(s.Id).Begun);
        if ((!outage && !migrated) || record.Plan.From.Artifact is null)
        {
            return null;
        }

        var time = rooms.Options.Time;
        var since = time.GetTimestamp();
        string? reason;
        do
        {
            var deployment = await rooms.Platform.InspectAsync(cancellationToken).ConfigureAwait(false);
            var ids = deployment.Instances.Where(i => i.IsRunning).Select(i => i.Id).ToList();
            if (ids.Count > 0 && !rooms.Health.Declared)
            {
                return null;
            }

            var report = await rooms.Health.CheckAsync(ids, record.Plan.From.Version, cancellationToken).ConfigureAwait(false);
            if (report.Healthy)
            {
                return null;
            }

            reason = report.Reason;
            await Task.Delay(TimeSpan.FromMilliseconds(200), time, cancellationToken).ConfigureAwait(false);
        }
        while (time.GetElapsedTime(since) < rooms.Definition.HealthTimeout);

        return new AppError
        {
            ErrorId = ErrorIds.NotHealthy,
            Message = $"{record.Plan.From.Version ?? "The old version"} was put back but is not healthy: {reason}",
            Target = record.Plan.Name,
            RecommendedAction = Commands.Health(record.Plan.Name),
        };
    }

    public Task RememberKeptAsync(OperationRecord record)
    {
        // What was tried on a copy says nothing of the live application.
        if (record.Plan.Kind == OperationKind.Rehearsal)
            return Task.CompletedTask;

        var (from, to) = (record.Plan.From, record.Plan.To);
        TakenBackVersion[] back = record.Plan.Kind == OperationKind.Undo && from.Version is { } version
            ? [new TakenBackVersion(version, from.Digest, record.Start.By, record.StartedAt, record.OperationId)]
            : [];
        return rooms.State.ChangeAsync(
            lease,
            memory => memory with
            {
                Channel = to.Channel ?? memory.Channel,
                // What was kept is no longer known to be bad: somebody insisted, and it worked.
                KnownBad = memory.KnownBad.Where(b => b.Digest is null ? b.Version != to.Version : b.Digest != to.Digest).ToList(),
                // Nor does it count any more that somebody had taken it back.
                TakenBack = [.. memory.TakenBack.Where(b => !Same(b, to) && !back.Any(n => n.Version == b.Version && n.Digest == b.Digest)), .. back],
            },
            CancellationToken.None);
    }

    public async Task RememberBadAsync(OperationRecord record)
    {
        var failed = record.Plan.Steps.FirstOrDefault(s => s.Id == record.FailedStep);
        if (record.Failure is not { } failure || record.Plan.Kind != OperationKind.Update || failed is null)
        {
            return;
        }

        var started = record.Plan.Steps.FirstOrDefault(s => s.StartsNew);
        if (started is null || (!record.Step(started.Id).Begun && failed.Kind != MigrationSteps.Run) || !Blames(failure))
        {
            // It failed before the new version ran, or for a reason that lies elsewhere: the version is not to blame.
            return;
        }

        var to = record.Plan.To;
        var bad = new KnownBadVersion(to.Version ?? to.Tag ?? "unknown", to.Digest, failure.ErrorId, failure.Message, rooms.Options.Time.GetUtcNow(), record.OperationId);
        await rooms.State.ChangeAsync(
            lease,
            memory => memory with { KnownBad = [.. memory.KnownBad.Where(b => b.Version != bad.Version || b.Digest != bad.Digest), bad] },
            CancellationToken.None).ConfigureAwait(false);
    }

    private static bool Same(TakenBackVersion back, PlanEndpoint endpoint) =>
        back.Digest is null ? back.Version == endpoint.Version : back.Digest == endpoint.Digest;

    /// <summary>A lost engine, a full disk, a removed container, another copy of the application: the same version may do next time.</summary>
    private static bool Blames(AppError failure) =>
        failure.ErrorId != ErrorIds.HostFileFailed && ErrorCatalogue.Find(failure.ErrorId)?.Kind is null or ErrorKind.Failed or ErrorKind.InvalidInput;

    private async Task<AppError> NeedsChoiceAsync(OperationRecord record, CancellationToken cancellationToken)
    {
        var what = record.Plan.Kind == OperationKind.Update ? record.Plan.To.Version : "The operation";
        var why = $"{what} failed ({record.Failure?.Message ?? "taken back by a person"}) after the database's schema had changed.";
        var answer = await new DataQuestion(rooms)
            .AskAsync(why, record.BackupBefore, new UndoOptions { Name = record.Plan.Name }, cancellationToken).ConfigureAwait(false);
        return new AppError
        {
            ErrorId = ErrorIds.DataNeedsChoice,
            Message = $"{answer.Findings[0].Message} A person must choose. Nothing was taken back yet.",
            Target = record.Plan.Name,
            RecommendedAction = answer.Findings[0].RecommendedAction,
        };
    }
}
