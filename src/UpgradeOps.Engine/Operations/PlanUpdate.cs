using UpgradeOps.Engine.Updates.Planning;

namespace UpgradeOps.Engine.Operations;

/// <summary>Says exactly what an update would do. Changes nothing; what stands against it is among the plan's findings.</summary>
public sealed class PlanUpdate(EngineSession session)
{
    public Task<UpdatePlan> RunAsync(UpdateOptions options, CancellationToken cancellationToken) =>
        session.UseAsync(options.Name, rooms => new UpdatePlanner(rooms).PlanAsync(options, cancellationToken), cancellationToken);
}
