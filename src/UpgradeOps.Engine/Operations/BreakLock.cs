namespace UpgradeOps.Engine.Operations;

/// <summary>Signature only for now.</summary>
public sealed class BreakLock(EngineSession session)
{
    private readonly EngineSession _session = session;

    public Task RunAsync(string name, bool force, CancellationToken cancellationToken) => throw new AppException(ErrorIds.Unexpected, _session + "Not furnished yet.");
}
