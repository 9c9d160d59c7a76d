namespace UpgradeOps.Engine.Operations;

/// <summary>Signature only for now.</summary>
public sealed class ListReleases(EngineSession session)
{
    private readonly EngineSession _session = session;

    public Task<IReadOnlyList<Release>> RunAsync(string name, CancellationToken cancellationToken) => throw new AppException(ErrorIds.Unexpected, _session + "Not furnished yet.");
}
