namespace UpgradeOps.Engine.Operations;

/// <summary>Signature only for now.</summary>
public sealed class UndoUpdate(EngineSession session)
{
    private readonly EngineSession _session = session;

    public Task<UpdatePlan> PlanAsync(UndoOptions options, CancellationToken cancellationToken) => throw new AppException(ErrorIds.Unexpected, "Not furnished yet.");

    public Task<UpdateResult> RunAsync(UndoOptions options, CancellationToken cancellationToken) => throw new AppException(ErrorIds.Unexpected, _session + "Not furnished yet.");
}
