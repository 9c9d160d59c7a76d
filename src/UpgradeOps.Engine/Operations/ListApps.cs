namespace UpgradeOps.Engine.Operations;

/// <summary>Signature only for now.</summary>
public sealed class ListApps(EngineSession session)
{
    private readonly EngineSession _session = session;

    public Task<IReadOnlyList<App>> RunAsync(CancellationToken cancellationToken) => throw new AppException(ErrorIds.Unexpected, _session + "Not furnished yet.");
}
