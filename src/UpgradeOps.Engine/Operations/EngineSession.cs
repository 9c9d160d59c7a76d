using UpgradeOps.Engine.Apps;
using UpgradeOps.Engine.Apps.Definition;
using UpgradeOps.Engine.Hosts;
using UpgradeOps.Engine.Hosts.Local;
using UpgradeOps.Engine.Preflight;
using UpgradeOps.Engine.Releases;
using UpgradeOps.Engine.State;
using UpgradeOps.Engine.State.Folder;
using UpgradeOps.Engine.State.PostgreSql;
using UpgradeOps.Engine.State.Ssh;

namespace UpgradeOps.Engine.Operations;

/// <summary>What every operation starts from: the options of a face and the catalogue of applications.</summary>
public sealed class EngineSession(EngineOptions options)
{
    private HostList? _hosts;

    public EngineOptions Options { get; } = options;

    /// <summary>Whether this is the path of a definition (anything with a slash, or ending in .yaml or .yml) rather than a registered name.</summary>
    public static bool IsPath(string nameOrPath) =>
        nameOrPath.Contains('/') || nameOrPath.Contains('\\')
        || nameOrPath.EndsWith(".yaml", StringComparison.OrdinalIgnoreCase) || nameOrPath.EndsWith(".yml", StringComparison.OrdinalIgnoreCase);

    /// <summary>Whether this process is a job of Azure Automation.</summary>
    public static bool IsAutomation => SandboxCheck.IsAutomation(Environment.GetEnvironmentVariable);

    internal Catalogue Catalogue { get; } = new(options);

    /// <summary>Put around every application's state that this session opens, by who wants to see or to stop what is written.</summary>
    internal Func<IAppState, IAppState> WatchState { get; init; } = static state => state;

    /// <summary>Where the engine's address is looked up: the process's environment, or a test's own.</summary>
    internal Func<string, string?> Variable { get; init; } = Environment.GetEnvironmentVariable;

    /// <summary>The machines on which applications run.</summary>
    internal HostList Hosts
    {
        get => LazyInitializer.EnsureInitialized(ref _hosts, () => new HostList(Variable, Options.Time));
        init => _hosts = value;
    }

    /// <summary>Shared by every application of the session: connections, and what registries asked for.</summary>
    internal ReleaseSourceFactory ReleaseSources { get; } = new(new LocalHost(), options.Time);

    /// <summary>Opens a registered application by name, or a definition by its path (see <see cref="IsPath"/>).</summary>
    /// <exception cref="AppException"><see cref="ErrorIds.AppUnknown"/>, or what is wrong with the definition.</exception>
    internal async Task<AppRooms> OpenAsync(string nameOrPath, CancellationToken cancellationToken)
    {
        var definition = await Catalogue.LoadAsync(nameOrPath, cancellationToken).ConfigureAwait(false);
        return Open(definition);
    }

    /// <summary>Opens an application, works with it and closes it again.</summary>
    internal async Task<T> UseAsync<T>(string nameOrPath, Func<AppRooms, Task<T>> work, CancellationToken cancellationToken)
    {
        var rooms = await OpenAsync(nameOrPath, cancellationToken).ConfigureAwait(false);
        await using (rooms.ConfigureAwait(false))
        {
            try
            {
                return await work(rooms).ConfigureAwait(false);
            }
            catch (AppException e)
            {
                // A command may have said a secret that nobody had to look up until now.
                await rooms.LearnSecretsAsync(CancellationToken.None).ConfigureAwait(false);
                if (rooms.Redaction.Clean(e.Error) is var clean && clean == e.Error)
                    throw;

                // What caused it would tell what the message no longer does.
                throw new AppException(clean);
            }
        }
    }

    /// <summary>Opens an application from a definition that is already at hand, such as the one in a journal.</summary>
    internal AppRooms Open(AppDefinition definition, IAppState? state = null) =>
        Furnishing.Open(StateFolders.Settle(definition, Options), this, state ?? OpenState(definition.Name, definition.State));

    /// <summary>
    /// Opens only what is remembered about an application. Works when its definition was deleted or no longer loads: the catalogue
    /// knows where the state stands.
    /// </summary>
    internal async Task<IAppState> OpenStateAsync(string nameOrPath, CancellationToken cancellationToken)
    {
        var (name, place) = await Catalogue.FindStateAsync(nameOrPath, cancellationToken).ConfigureAwait(false);
        return OpenState(name, place);
    }

    /// <summary>Opens the state of an application where its definition, or the catalogue, says that it stands. Nothing is connected yet.</summary>
    internal IAppState OpenState(string name, StateDefinition? declared) => WatchState(declared switch
    {
        { PostgreSql: { } server } => new PostgresState(name, PostgresPlace.Of(server, Options), Options.Time),
        { Host: { } host } => new SshState(name, Hosts.Remote(host), declared.Folder, Options.Time),
        _ => new FolderState(name, StateFolders.Of(name, declared?.Folder, Options), Options.Time),
    });
}
