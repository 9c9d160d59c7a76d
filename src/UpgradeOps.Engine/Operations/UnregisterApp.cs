namespace UpgradeOps.Engine.Operations;

/// <summary>Takes an application off the list; nothing else is touched.</summary>
public sealed class UnregisterApp(EngineSession session)
{
    public Task<App> RunAsync(string name, CancellationToken cancellationToken) => session.Catalogue.UnregisterAsync(name, cancellationToken);
}
