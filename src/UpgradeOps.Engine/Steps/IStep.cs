namespace UpgradeOps.Engine.Steps;

/// <summary>
/// One effect on the real world that can be looked at, done and undone. It knows neither the journal nor what comes before or
/// after it; the runner in <c>Updates/</c> does.
/// </summary>
internal interface IStep
{
    PlannedStep Planned { get; }

    /// <summary>
    /// Looks at the real system, never at its own memory, whether the effect is there. Asked before a step that a crash may have
    /// interrupted; a step that cannot tell answers <see cref="StepState.Unknown"/>. Before it answers <see cref="StepState.Done"/> it
    /// records whatever <see cref="DoAsync"/> would have recorded and a crash prevented.
    /// </summary>
    Task<StepState> ObserveAsync(StepContext context, CancellationToken cancellationToken);

    /// <summary>Brings the effect about. What undo or a later step needs goes through the context's record as soon as it is known.</summary>
    /// <exception cref="AppException">It could not be done; the step may have taken effect in part, and undo must cope.</exception>
    Task DoAsync(StepContext context, CancellationToken cancellationToken);

    /// <summary>
    /// Takes the effect back, from what was recorded before it. Must cope with an effect that is not there, is there in part, or was
    /// taken back already. Never removes user data: renames it aside.
    /// </summary>
    Task UndoAsync(StepContext context, CancellationToken cancellationToken);

    /// <summary>
    /// Ends what an earlier process began here and what goes on by itself, so that the world stands still when the way back is decided. Asked
    /// of every step that was begun and not done, before any of them is undone; perhaps more than once.
    /// </summary>
    Task HaltAsync(StepContext context, CancellationToken cancellationToken);
}

/// <summary>What looking at the world tells about a step.</summary>
internal enum StepState
{
    NotDone,
    Done,
    Unknown,
}

/// <summary>A step that changes nothing, or nothing that has to be taken back.</summary>
internal abstract class Step(PlannedStep planned) : IStep
{
    public PlannedStep Planned { get; } = planned;

    /// <summary>Nothing to look at: what may be done twice is done again, and of the rest nobody knows.</summary>
    public virtual Task<StepState> ObserveAsync(StepContext context, CancellationToken cancellationToken) =>
        Task.FromResult(Planned.Repeatable == Repeatability.Uncertain ? StepState.Unknown : StepState.NotDone);

    public abstract Task DoAsync(StepContext context, CancellationToken cancellationToken);

    public virtual Task UndoAsync(StepContext context, CancellationToken cancellationToken) => Task.CompletedTask;

    public virtual Task HaltAsync(StepContext context, CancellationToken cancellationToken) => Task.CompletedTask;

    /// <summary>An input that the planner must have given.</summary>
    protected string Input(string name) => Planned.Inputs.TryGetValue(name, out var value)
        ? value
        : throw new AppException(ErrorIds.PlanDamaged, $"Step {Planned.Id} lacks its input '{name}'.", Planned.Id);

    protected string? OptionalInput(string name) => Planned.Inputs.GetValueOrDefault(name);
}
