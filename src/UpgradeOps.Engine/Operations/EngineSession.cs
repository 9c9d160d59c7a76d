using UpgradeOps.Engine.Apps;
using UpgradeOps.Engine.Apps.Definition;

namespace UpgradeOps.Engine.Operations;

/// <summary>What every operation starts from: the options of a face and the catalogue of applications.</summary>
public sealed class EngineSession(EngineOptions options)
{
    public EngineOptions Options { get; } = options;

    internal Catalogue Catalogue { get; } = new(options);

    /// <summary>Opens a registered application by name, or a definition by its path (anything with a slash or ending in .yaml/.yml).</summary>
    /// <exception cref="AppException"><see cref="ErrorIds.AppUnknown"/>, or what is wrong with the definition.</exception>
    internal async Task<AppRooms> OpenAsync(string nameOrPath, CancellationToken cancellationToken)
    {
        var definition = await Catalogue.LoadAsync(nameOrPath, cancellationToken).ConfigureAwait(false);
        return Open(definition);
    }

    /// <summary>Opens an application from a definition that is already at hand, such as the one in a journal.</summary>
    internal AppRooms Open(AppDefinition definition) => AppRooms.Open(definition, Options);
}
