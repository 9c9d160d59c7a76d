namespace UpgradeOps.Engine.Operations;

/// <summary>Tells who works on an application now.</summary>
public sealed class GetLock(EngineSession session)
{
    /// <returns>Null when nobody does.</returns>
    public async Task<LockInfo?> RunAsync(string name, CancellationToken cancellationToken)
    {
        var state = await session.OpenStateAsync(name, cancellationToken).ConfigureAwait(false);
        return await state.ReadLeaseAsync(cancellationToken).ConfigureAwait(false);
    }
}
