namespace UpgradeOps.Engine.Operations;

/// <summary>Runs every declared health check once.</summary>
public sealed class CheckHealth(EngineSession session)
{
    public Task<HealthReport> RunAsync(string name, CancellationToken cancellationToken) =>
        session.UseAsync(name, rooms => rooms.Health.CheckAsync(null, null, cancellationToken), cancellationToken);
}
