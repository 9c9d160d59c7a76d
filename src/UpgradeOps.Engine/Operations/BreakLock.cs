namespace UpgradeOps.Engine.Operations;

/// <summary>Frees the lock of an owner that is gone, or, when forced, of one that still lives: its next write is then refused.</summary>
public sealed class BreakLock(EngineSession session)
{
    /// <exception cref="AppException"><see cref="ErrorIds.LockHeld"/>: the owner lives and <paramref name="force"/> is false.</exception>
    public async Task RunAsync(string name, bool force, CancellationToken cancellationToken)
    {
        var state = await session.OpenStateAsync(name, cancellationToken).ConfigureAwait(false);
        await state.BreakLeaseAsync(force, cancellationToken).ConfigureAwait(false);
    }
}
