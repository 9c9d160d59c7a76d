using UpgradeOps.Engine.Steps;

namespace UpgradeOps.Engine.Tests.Updates.Model;

/// <summary>What the plan of a random run makes of one step, beside its data.</summary>
/// <param name="Parts">Effects that it consists of; the process may die between any two.</param>
/// <param name="FailsAt">The part before which doing fails; null when it works.</param>
/// <param name="FailuresOfUndo">How often taking it back fails before it works.</param>
internal sealed record ModelStepFate(int Parts, int? FailsAt, int FailuresOfUndo);

/// <summary>A step of a random plan: some effects in the model's world, which it can look at if its repeatability says so.</summary>
internal sealed class ModelStep(PlannedStep planned, ModelWorld world) : Step(planned)
{
    private string Id => Planned.Id;

    private ModelStepFate Fate => world.Fates[Id];

    public override async Task<StepState> ObserveAsync(StepContext context, CancellationToken cancellationToken)
    {
        if (Planned.Repeatable != Repeatability.Observable)
        {
            // What the base class says: an idempotent step is simply done again, an uncertain one cannot tell.
            return await base.ObserveAsync(context, cancellationToken);
        }

        if (world.Parts(Id) < Fate.Parts)
        {
            return StepState.NotDone;
        }

        await context.RecordAsync("seen", "true", cancellationToken);
        return StepState.Done;
    }

    public override async Task DoAsync(StepContext context, CancellationToken cancellationToken)
    {
        world.BeginDoing(Planned);
        for (var part = 1; part <= Fate.Parts; part++)
        {
            // Time passes here: a person may press Ctrl+C, and a step that may be broken off listens.
            world.Moment();
            cancellationToken.ThrowIfCancellationRequested();
            if (part == Fate.FailsAt)
            {
                throw new AppException(ErrorIds.NotHealthy, $"part {part} of {Id} fails", Id);
            }

            world.Do(Planned, part);
            if (part == 1)
            {
                await context.RecordAsync("first", "done", CancellationToken.None);
            }
        }
    }

    public override Task UndoAsync(StepContext context, CancellationToken cancellationToken)
    {
        world.BeginUndoing(Planned);
        if (world.FailedUndos(Id) < Fate.FailuresOfUndo)
        {
            world.FailUndo(Id);
            throw new AppException(ErrorIds.StepFailed, $"{Id} cannot be taken back now", Id);
        }

        for (var part = world.Parts(Id); part > 0 && Planned.Reversibility is Reversibility.Reversible or Reversibility.NeedsBackup; part--)
        {
            world.Moment();
            world.Undo(Planned, part);
        }

        return Task.CompletedTask;
    }
}
