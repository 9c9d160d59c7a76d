namespace UpgradeOps.Engine.Operations;

/// <summary>Runs every declared health check once.</summary>
public sealed class CheckHealth(EngineSession session)
{
    public async Task<HealthReport> RunAsync(string name, CancellationToken cancellationToken)
    {
        await using var rooms = await session.OpenAsync(name, cancellationToken).ConfigureAwait(false);
        return await rooms.Health.CheckAsync(null, null, cancellationToken).ConfigureAwait(false);
    }
}
