using UpgradeOps.Engine.Apps.Definition;
using UpgradeOps.Engine.Apps.Definition.Reading;
using UpgradeOps.Engine.Operations;

namespace UpgradeOps.Engine.Apps;

/// <summary>The registered applications: a name and the path of a definition each.</summary>
internal sealed class Catalogue(EngineOptions options)
{
    // Made at the first use: a definition that is opened by its path needs no configuration folder.
    private CatalogueFile File => new(ConfigFolder.Of(options), options.Time);

    /// <summary>Adds the application of a definition, or puts it in the place of the one of that name.</summary>
    /// <param name="force">Replace an application of that name which has another definition.</param>
    /// <exception cref="AppException"><see cref="ErrorIds.AppNameTaken"/>, or what is wrong with the definition.</exception>
    public async Task<App> RegisterAsync(string path, bool force, CancellationToken cancellationToken)
    {
        var definition = await DefinitionLoader.LoadAsync(path, cancellationToken).ConfigureAwait(false);
        var app = Describe(definition);
        await File.ChangeAsync(entries =>
        {
            var taken = entries.FirstOrDefault(e => e.App.Name == app.Name)?.App;
            if (taken is not null && taken.Path != app.Path && !force)
                throw new AppException(ErrorIds.AppNameTaken, $"The name '{app.Name}' is taken by {taken.Path}.", app.Name, $"Unregister-App {app.Name} first, use -Force, or change the name in {app.Path}.");
            return [.. entries.Where(e => e.App.Name != app.Name), new CatalogueEntry { App = app, State = definition.State }];
        }, cancellationToken).ConfigureAwait(false);
        return app;
    }

    /// <summary>Takes an application off the list. Nothing else is touched: not what runs, not its state, not its backups.</summary>
    /// <exception cref="AppException"><see cref="ErrorIds.AppUnknown"/>.</exception>
    public async Task<App> UnregisterAsync(string name, CancellationToken cancellationToken)
    {
        CatalogueEntry? gone = null;
        await File.ChangeAsync(entries =>
        {
            gone = Find(entries, name);
            return [.. entries.Where(e => e != gone)];
        }, cancellationToken).ConfigureAwait(false);
        return gone!.App;
    }

    /// <summary>All applications by name. One whose definition cannot be read now is shown as it was when it was registered.</summary>
    public async Task<IReadOnlyList<App>> ListAsync(CancellationToken cancellationToken)
    {
        var entries = await File.ReadAsync(cancellationToken).ConfigureAwait(false);
        return await Task.WhenAll(entries.Select(e => e.App).OrderBy(a => a.Name, StringComparer.Ordinal).Select(async app =>
        {
            try
            {
                return Describe(await DefinitionLoader.LoadAsync(app.Path, cancellationToken).ConfigureAwait(false)) with { Name = app.Name };
            }
            catch (AppException)
            {
                return app;
            }
        })).ConfigureAwait(false);
    }

    /// <summary>Reads the definition of a registered application, or one by its path (anything with a slash or ending in .yaml or .yml).</summary>
    /// <exception cref="AppException"><see cref="ErrorIds.AppUnknown"/>, or what is wrong with the definition.</exception>
    public async Task<AppDefinition> LoadAsync(string nameOrPath, CancellationToken cancellationToken)
    {
        if (IsPath(nameOrPath))
            return await DefinitionLoader.LoadAsync(nameOrPath, cancellationToken).ConfigureAwait(false);

        var app = Find(await File.ReadAsync(cancellationToken).ConfigureAwait(false), nameOrPath).App;
        var definition = await DefinitionLoader.LoadAsync(app.Path, cancellationToken).ConfigureAwait(false);

        // State and locks are kept by name: a name that changed under our feet would open another application's.
        return definition.Name == app.Name
            ? definition
            : throw new AppException(ErrorIds.DefinitionInvalid, $"{app.Path} now names '{definition.Name}', but it is registered as '{app.Name}'.", app.Name, $"Change the name back, or Register-App {app.Path} and Unregister-App {app.Name}.");
    }

    /// <summary>Where an application's state stands, also when its definition was deleted or no longer loads since it was registered.</summary>
    /// <returns>Its name, and the declared place if there is one.</returns>
    /// <exception cref="AppException"><see cref="ErrorIds.AppUnknown"/>, or what is wrong with a definition that was never registered.</exception>
    public async Task<(string Name, StateDefinition? State)> FindStateAsync(string nameOrPath, CancellationToken cancellationToken)
    {
        try
        {
            var definition = await LoadAsync(nameOrPath, cancellationToken).ConfigureAwait(false);
            return (definition.Name, definition.State);
        }
        catch (AppException e) when (e.ErrorId is not (ErrorIds.AppUnknown or ErrorIds.CatalogueDamaged))
        {
            var entries = await File.ReadAsync(cancellationToken).ConfigureAwait(false);
            var entry = IsPath(nameOrPath)
                ? entries.FirstOrDefault(a => a.App.Path == Path.GetFullPath(nameOrPath))
                : Find(entries, nameOrPath);
            if (entry is null)
                throw;
            return (entry.App.Name, entry.State);
        }
    }

    public static bool IsPath(string nameOrPath) =>
        nameOrPath.AsSpan().IndexOfAny('/', '\\') >= 0
        || nameOrPath.EndsWith(".yaml", StringComparison.OrdinalIgnoreCase)
        || nameOrPath.EndsWith(".yml", StringComparison.OrdinalIgnoreCase);

    private CatalogueEntry Find(IReadOnlyList<CatalogueEntry> entries, string name)
    {
        if (entries.FirstOrDefault(e => string.Equals(e.App.Name, name, StringComparison.OrdinalIgnoreCase)) is { } entry)
            return entry;
        var hint = Nearest.Find(name, entries.Select(e => e.App.Name)) is { } meant ? $" Did you mean '{meant}'?" : "";
        throw new AppException(ErrorIds.AppUnknown, $"No application '{name}' is registered in {File.Path}.{hint}", name);
    }

    private static App Describe(AppDefinition definition) => new()
    {
        Name = definition.Name,
        Path = definition.Path,
        Host = definition.Host,
        Platform = definition.Platform.Kind,
        Channel = definition.Releases.Channel,
        Channels = [.. definition.Releases.Channels.Keys],
        Strategy = definition.Strategy,
    };
}
