using System.Globalization;
using UpgradeOps.Engine.Progress;
using UpgradeOps.Engine.State;
using UpgradeOps.Engine.Steps;
using UpgradeOps.Engine.Updates.Journal;

namespace UpgradeOps.Engine.Updates.Running;

/// <summary>
/// Carries an operation forward, step by step, and on failure back again. What it does next follows from the journal and from
/// looking at the world, never from this object's memory: a new process with the same journal does the same.
/// </summary>
internal sealed class OperationRunner(
    OperationLog log, StepCatalogue steps, IAppState state, IFailurePolicy policy, IProgressSink progress, TimeProvider time)
{
    /// <param name="repeatUncertain">A person has said that a step whose effect cannot be known may be done again.</param>
    /// <param name="stop">Asks to stop at the next safe point.</param>
    public async Task<OperationOutcome> RunAsync(bool repeatUncertain, CancellationToken stop)
    {
        if (log.Record.IsGoingBack && !log.Record.IsKeeping)
        {
            return await GoBackAsync(stop).ConfigureAwait(false);
        }

        foreach (var planned in log.Record.Plan.Steps)
        {
            if (log.Record.Step(planned.Id).Done)
            {
                continue;
            }

            if (stop.IsCancellationRequested)
            {
                return await InterruptAsync().ConfigureAwait(false);
            }

            try
            {
                await DoAsync(planned, repeatUncertain, stop).ConfigureAwait(false);
            }
            catch (OperationCanceledException) when (stop.IsCancellationRequested)
            {
                return await InterruptAsync().ConfigureAwait(false);
            }
            catch (AppException e) when (EndsTheRun(e))
            {
                throw;
            }
            catch (AppException e) when (e.ErrorId == ErrorIds.StepUncertain && planned.Phase != StepPhase.Keep)
            {
                return await EndAsync(UpdateStatus.NeedsAttention, e.Error, Commands.ResumeForced(log.Record.Plan.Name)).ConfigureAwait(false);
            }
            catch (Exception e) when (planned.Phase == StepPhase.Keep)
            {
                // The new version is verified: a failed clean-up is not a failed update, and one of which nobody knows is not done twice.
                Tell(ProgressKind.Warning, planned.Id, policy.Clean(Failure.From(e, planned)).Message);
            }
            catch (Exception e)
            {
                return await FailAsync(planned, policy.Clean(Failure.From(e, planned)), stop).ConfigureAwait(false);
            }
        }

        // Before the outcome: what is over is never gone on with, so nothing may be left to do then.
        await policy.RememberKeptAsync(log.Record).ConfigureAwait(false);
        return await EndAsync(UpdateStatus.Kept, null, null).ConfigureAwait(false);
    }

    /// <summary>Takes back everything that was begun, newest first.</summary>
    public async Task<OperationOutcome> GoBackAsync(CancellationToken stop)
    {
        await HaltAsync(stop).ConfigureAwait(false);
        var decision = await policy.DecideAsync(log.Record, stop).ConfigureAwait(false);
        if (decision.NeedsChoice is { } choice)
        {
            return await EndAsync(UpdateStatus.NeedsAttention, choice, Commands.UndoWithData(log.Record.Plan.Name)).ConfigureAwait(false);
        }

        if (log.Record.DataChoice is null)
        {
            await log.AppendAsync(JournalEvent.Effect, new Dictionary<string, string> { ["data"] = decision.Data.ToString() }, CancellationToken.None).ConfigureAwait(false);
        }

        foreach (var planned in log.Record.Plan.Steps.Reverse())
        {
            var record = log.Record.Step(planned.Id);
            if (!record.Begun || record.Undone)
            {
                continue;
            }

            if (stop.IsCancellationRequested)
            {
                return await InterruptAsync().ConfigureAwait(false);
            }

            try
            {
                Tell(ProgressKind.Undoing, planned.Id, planned.Description);
                await log.AppendAsync(JournalEvent.Undoing, planned, null, CancellationToken.None).ConfigureAwait(false);
                await steps.Create(planned).UndoAsync(Context(planned), CancellationToken.None).ConfigureAwait(false);
                await log.AppendAsync(JournalEvent.Undone, planned, null, CancellationToken.None).ConfigureAwait(false);
                Tell(ProgressKind.StepUndone, planned.Id, planned.Description);
            }
            catch (AppException e) when (EndsTheRun(e))
            {
                throw;
            }
            catch (AppException e) when (e.ErrorId == ErrorIds.StepUncertain)
            {
                return await EndAsync(UpdateStatus.NeedsAttention, e.Error, Commands.GoBackForced(log.Record.Plan.Name)).ConfigureAwait(false);
            }
            catch (Exception e)
            {
                var error = policy.Clean(Failure.From(e, planned));
                if (planned.Reversibility is Reversibility.Additive or Reversibility.ReadOnly)
                {
                    // What it leaves behind harms nobody; the way back matters more.
                    Tell(ProgressKind.Warning, planned.Id, error.Message);
                    continue;
                }

                Tell(ProgressKind.StepFailed, planned.Id, error.Message);
                var failed = new AppError
                {
                    ErrorId = ErrorIds.UndoFailed,
                    Message = $"Step {planned.Id} could not be taken back: {error.Message}",
                    Target = log.Record.Plan.Name,
                    RecommendedAction = error.RecommendedAction,
                };
                return await EndAsync(UpdateStatus.NeedsAttention, failed, Commands.Undo(log.Record.Plan.Name)).ConfigureAwait(false);
            }
        }

        return await VerifyOldAsync(stop).ConfigureAwait(false);
    }

    /// <summary>Ends what goes on by itself, of steps that an earlier process began: what is seen of the world afterwards stays so.</summary>
    public async Task HaltAsync(CancellationToken cancellationToken)
    {
        foreach (var planned in log.Record.Plan.Steps)
        {
            if (log.Record.Step(planned.Id) is { Begun: true, Done: false, Undone: false })
                await steps.Create(planned).HaltAsync(Context(planned), cancellationToken).ConfigureAwait(false);
        }
    }

    // A rehearsal whose host stayed away has nothing to lose by going back: it removes the copy, or the state tells that it cannot.
    private bool EndsTheRun(AppException e) => RunFaults.EndTheRun(e) && (e.ErrorId != ErrorIds.HostUnreachable || log.Record.Plan.Kind != OperationKind.Rehearsal);

    private async Task DoAsync(PlannedStep planned, bool repeatUncertain, CancellationToken stop)
    {
        var step = steps.Create(planned);
        var context = Context(planned);
        Tell(ProgressKind.StepStarted, planned.Id, planned.Description);
        if (log.Record.Step(planned.Id).Begun)
        {
            // An earlier process began it and did not say how it ended: the world knows.
            var seen = await step.ObserveAsync(context, stop).ConfigureAwait(false);
            if (seen == StepState.Done)
            {
                await DoneAsync(planned, "observed").ConfigureAwait(false);
                return;
            }

            if (seen == StepState.Unknown && planned.Repeatable == Repeatability.Uncertain && !repeatUncertain)
            {
                throw Uncertain.Error(planned, log.Record.Plan.Name);
            }
        }
        else
        {
            await log.AppendAsync(JournalEvent.Intend, planned, null, CancellationToken.None).ConfigureAwait(false);
        }

        await step.DoAsync(context, planned.Interruptible ? stop : CancellationToken.None).ConfigureAwait(false);
        await DoneAsync(planned, "did").ConfigureAwait(false);
    }

    private async Task DoneAsync(PlannedStep planned, string how)
    {
        await log.AppendAsync(JournalEvent.Done, planned, new Dictionary<string, string> { ["how"] = how }, CancellationToken.None).ConfigureAwait(false);
        Tell(ProgressKind.StepDone, planned.Id, planned.Description);
    }

    private async Task<OperationOutcome> FailAsync(PlannedStep planned, AppError error, CancellationToken stop)
    {
        var failedAt = time.GetUtcNow();
        var evidence = await policy.CaptureAsync(log.Record, planned, error).ConfigureAwait(false);

        // Only now is known what is secret in what has failed.
        error = policy.Clean(evidence.Error);
        Tell(ProgressKind.StepFailed, planned.Id, error.Message);
        var outputs = new Dictionary<string, string>
        {
            ["step"] = planned.Id,
            ["failedAt"] = failedAt.ToUniversalTime().ToString("O", CultureInfo.InvariantCulture),
            ["error"] = Json.EngineJson.Write(error),
            ["files"] = Json.EngineJson.Write(evidence.Files),
        };
        await log.AppendAsync(JournalEvent.Evidence, outputs, CancellationToken.None).ConfigureAwait(false);

        // A person who asked to stop still wants the old version back rather than half a switch.
        _ = stop;
        return await GoBackAsync(CancellationToken.None).ConfigureAwait(false);
    }

    private async Task<OperationOutcome> VerifyOldAsync(CancellationToken stop)
    {
        if (await policy.VerifyOldAsync(log.Record, stop).ConfigureAwait(false) is { } error)
        {
            return await EndAsync(UpdateStatus.NeedsAttention, error, Commands.Health(log.Record.Plan.Name)).ConfigureAwait(false);
        }

        await policy.RememberBadAsync(log.Record).ConfigureAwait(false);
        return await EndAsync(UpdateStatus.Undone, log.Record.Failure, null).ConfigureAwait(false);
    }

    private Task<OperationOutcome> InterruptAsync() => EndAsync(
        UpdateStatus.Interrupted,
        new AppError
        {
            ErrorId = ErrorIds.Interrupted,
            Message = $"The operation on {log.Record.Plan.Name} was asked to stop and did so between two steps.",
            Target = log.Record.Plan.Name,
        },
        Commands.Resume(log.Record.Plan.Name));

    private async Task<OperationOutcome> EndAsync(UpdateStatus status, AppError? error, string? next)
    {
        var outcome = new OperationOutcome(status, Outage.Of(log.Record), error, next);
        await log.AppendAsync(JournalEvent.Outcome, outcome.ToOutputs(), CancellationToken.None).ConfigureAwait(false);
        Tell(ProgressKind.OperationEnded, null, status.ToString());
        return outcome;
    }

    private JournaledContext Context(PlannedStep planned) => new(log, planned, state, progress, time);

    private void Tell(ProgressKind kind, string? step, string message) =>
        progress.Report(new ProgressEvent(kind, step, message) { At = time.GetUtcNow() });
}
