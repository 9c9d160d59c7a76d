namespace UpgradeOps.Engine.Operations;

/// <summary>Signature only for now.</summary>
public sealed class ResumeUpdate(EngineSession session)
{
    private readonly EngineSession _session = session;

    public Task<UpdateResult> RunAsync(ResumeOptions options, CancellationToken cancellationToken) => throw new AppException(ErrorIds.Unexpected, _session + "Not furnished yet.");
}
