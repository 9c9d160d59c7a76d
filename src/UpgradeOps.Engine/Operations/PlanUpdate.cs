using UpgradeOps.Engine.Updates.Planning;

namespace UpgradeOps.Engine.Operations;

/// <summary>Says exactly what an update would do. Changes nothing; what stands against it is among the plan's findings.</summary>
public sealed class PlanUpdate(EngineSession session)
{
    public async Task<UpdatePlan> RunAsync(UpdateOptions options, CancellationToken cancellationToken)
    {
        await using var rooms = await session.OpenAsync(options.Name, cancellationToken).ConfigureAwait(false);
        return await new UpdatePlanner(rooms).PlanAsync(options, cancellationToken).ConfigureAwait(false);
    }
}
