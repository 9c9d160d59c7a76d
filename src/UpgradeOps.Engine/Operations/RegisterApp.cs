namespace UpgradeOps.Engine.Operations;

/// <summary>Signature only for now.</summary>
public sealed class RegisterApp(EngineSession session)
{
    private readonly EngineSession _session = session;

    public Task<App> RunAsync(string path, bool force, CancellationToken cancellationToken) => throw new AppException(ErrorIds.Unexpected, _session + "Not furnished yet.");
}
