namespace UpgradeOps.Engine.Operations;

/// <summary>Puts an application on the list, by the path of its definition.</summary>
public sealed class RegisterApp(EngineSession session)
{
    public Task<App> RunAsync(string path, bool force, CancellationToken cancellationToken) => session.Catalogue.RegisterAsync(path, force, cancellationToken);
}
