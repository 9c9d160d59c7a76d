using UpgradeOps.Engine.Apps.Definition;
using UpgradeOps.Engine.Operations;

namespace UpgradeOps.Engine.Apps;

/// <summary>The registered applications: a name and the path of a definition each.</summary>
internal sealed class Catalogue(EngineOptions options)
{
    public Task<AppDefinition> LoadAsync(string nameOrPath, CancellationToken cancellationToken) =>
        throw new AppException(ErrorIds.AppUnknown, $"No application '{nameOrPath}' in {options.ConfigFolder}.", nameOrPath);

    /// <summary>Where an application's state stands, also when its definition was deleted or no longer loads since it was registered.</summary>
    /// <returns>Its name, and the declared state folder if there is one.</returns>
    public Task<(string Name, string? StateFolder)> FindStateAsync(string nameOrPath, CancellationToken cancellationToken) =>
        throw new AppException(ErrorIds.AppUnknown, $"No application '{nameOrPath}' in {options.ConfigFolder}.", nameOrPath);
}
