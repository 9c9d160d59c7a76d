namespace UpgradeOps.Engine.Operations;

/// <summary>Signature only for now.</summary>
public sealed class RestoreBackup(EngineSession session)
{
    private readonly EngineSession _session = session;

    public Task<UpdatePlan> PlanAsync(RestoreOptions options, CancellationToken cancellationToken) => throw new AppException(ErrorIds.Unexpected, "Not furnished yet.");

    public Task<RestoreResult> RunAsync(RestoreOptions options, CancellationToken cancellationToken) => throw new AppException(ErrorIds.Unexpected, _session + "Not furnished yet.");
}
