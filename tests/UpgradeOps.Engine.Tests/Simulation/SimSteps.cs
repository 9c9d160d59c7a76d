using UpgradeOps.Engine.Json;
using UpgradeOps.Engine.Platforms;
using UpgradeOps.Engine.Steps;

namespace UpgradeOps.Engine.Tests.Simulation;

internal abstract class SimStep(PlannedStep planned, SimWorld world) : Step(planned)
{
    protected SimWorld World => world;

    protected IReadOnlyList<string> Old => EngineJson.Read<List<string>>(Input("old"), ErrorIds.PlanDamaged, "old");

    protected IEnumerable<string> New => world.Containers.Keys.Except(Old).ToList();

    protected static Task<StepState> Answer(bool done) => Task.FromResult(done ? StepState.Done : StepState.NotDone);
}

internal sealed class SimPull(PlannedStep planned, SimWorld world) : SimStep(planned, world)
{
    public override Task<StepState> ObserveAsync(StepContext context, CancellationToken cancellationToken) => Answer(World.Images.Contains(Input("to")));

    public override Task DoAsync(StepContext context, CancellationToken cancellationToken)
    {
        World.Effect("pull", () => World.Images.Add(Input("to")));
        return Task.CompletedTask;
    }
}

internal sealed class SimEnv(PlannedStep planned, SimWorld world) : SimStep(planned, world)
{
    public override Task<StepState> ObserveAsync(StepContext context, CancellationToken cancellationToken) => Answer(World.Configured == Input("to"));

    public override Task DoAsync(StepContext context, CancellationToken cancellationToken)
    {
        World.Effect("env", () => World.Configured = Input("to"));
        return Task.CompletedTask;
    }

    public override Task UndoAsync(StepContext context, CancellationToken cancellationToken)
    {
        World.Effect("undo env", () => World.Configured = Input("from"));
        return Task.CompletedTask;
    }
}

internal sealed class SimCreate(PlannedStep planned, SimWorld world) : SimStep(planned, world)
{
    public override Task<StepState> ObserveAsync(StepContext context, CancellationToken cancellationToken) => Answer(New.Any());

    public override Task DoAsync(StepContext context, CancellationToken cancellationToken)
    {
        World.Effect("create", () => World.Containers[World.NewId()] = new SimContainer(Input("to")));
        return Task.CompletedTask;
    }

    public override Task UndoAsync(StepContext context, CancellationToken cancellationToken)
    {
        foreach (var id in New)
        {
            World.Effect($"remove {id}", () => World.Containers.Remove(id));
        }

        return Task.CompletedTask;
    }
}

internal sealed class SimStop(PlannedStep planned, SimWorld world) : SimStep(planned, world)
{
    public override Task<StepState> ObserveAsync(StepContext context, CancellationToken cancellationToken) =>
        Answer(Old.All(o => !World.Containers[o].Running));

    public override Task DoAsync(StepContext context, CancellationToken cancellationToken)
    {
        foreach (var id in Old)
        {
            World.Effect($"stop {id}", () => World.Containers[id].Running = false);
        }

        return Task.CompletedTask;
    }

    public override Task UndoAsync(StepContext context, CancellationToken cancellationToken)
    {
        foreach (var id in Old.Where(o => !World.Containers[o].Running))
        {
            World.Effect($"start {id}", () => World.Start(id));
        }

        return Task.CompletedTask;
    }
}

internal sealed class SimStart(PlannedStep planned, SimWorld world) : SimStep(planned, world)
{
    public override async Task<StepState> ObserveAsync(StepContext context, CancellationToken cancellationToken)
    {
        var running = New.All(n => World.Containers[n].Running);
        if (running)
        {
            await RecordAsync(context, cancellationToken);
        }

        return running ? StepState.Done : StepState.NotDone;
    }

    public override async Task DoAsync(StepContext context, CancellationToken cancellationToken)
    {
        foreach (var id in New.Where(n => !World.Containers[n].Running))
        {
            World.Effect($"start {id}", () => World.Start(id));
        }

        await RecordAsync(context, cancellationToken);
    }

    public override Task UndoAsync(StepContext context, CancellationToken cancellationToken)
    {
        foreach (var id in New.Where(n => World.Containers[n].Running))
        {
            World.Effect($"stop {id}", () => World.Containers[id].Running = false);
        }

        return Task.CompletedTask;
    }

    private Task RecordAsync(StepContext context, CancellationToken cancellationToken) =>
        context.RecordAsync(PlatformOutputs.NewInstances, EngineJson.Write(New.ToList()), cancellationToken);
}

internal sealed class SimKeep(PlannedStep planned, SimWorld world) : SimStep(planned, world)
{
    public override Task<StepState> ObserveAsync(StepContext context, CancellationToken cancellationToken) =>
        Answer(!Old.Any(World.Containers.ContainsKey));

    public override Task DoAsync(StepContext context, CancellationToken cancellationToken)
    {
        foreach (var id in Old.Where(World.Containers.ContainsKey))
        {
            World.Effect($"remove {id}", () => World.Containers.Remove(id));
        }

        return Task.CompletedTask;
    }
}
