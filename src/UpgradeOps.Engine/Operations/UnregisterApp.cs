namespace UpgradeOps.Engine.Operations;

/// <summary>Signature only for now.</summary>
public sealed class UnregisterApp(EngineSession session)
{
    private readonly EngineSession _session = session;

    public Task<App> RunAsync(string name, CancellationToken cancellationToken) => throw new AppException(ErrorIds.Unexpected, _session + "Not furnished yet.");
}
