namespace UpgradeOps.Engine.Operations;

/// <summary>Signature only for now.</summary>
public sealed class UpdateApp(EngineSession session)
{
    private readonly EngineSession _session = session;

    public Task<UpdateResult> RunAsync(UpdateOptions options, CancellationToken cancellationToken) => throw new AppException(ErrorIds.Unexpected, _session + "Not furnished yet.");
}
