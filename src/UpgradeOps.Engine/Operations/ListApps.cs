namespace UpgradeOps.Engine.Operations;

/// <summary>The registered applications, by name.</summary>
public sealed class ListApps(EngineSession session)
{
    public Task<IReadOnlyList<App>> RunAsync(CancellationToken cancellationToken) => session.Catalogue.ListAsync(cancellationToken);
}
