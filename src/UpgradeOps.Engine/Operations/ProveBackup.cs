namespace UpgradeOps.Engine.Operations;

/// <summary>Signature only for now.</summary>
public sealed class ProveBackup(EngineSession session)
{
    private readonly EngineSession _session = session;

    public Task<Backup> RunAsync(string name, string backupId, ProofLevel level, CancellationToken cancellationToken) => throw new AppException(ErrorIds.Unexpected, _session + "Not furnished yet.");
}
