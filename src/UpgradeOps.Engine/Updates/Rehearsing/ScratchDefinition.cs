using System.Globalization;
using UpgradeOps.Engine.Apps.Definition;
using UpgradeOps.Engine.Apps.Secrets;
using UpgradeOps.Engine.Backups.Restore;
using UpgradeOps.Engine.Hosts;

namespace UpgradeOps.Engine.Updates.Rehearsing;

/// <summary>An application like the live one, with a folder, a port and databases of its own. Where it stands follows from the operation alone.</summary>
internal static class ScratchDefinition
{
    /// <summary>The part of a scratch database's name that says what it is for.</summary>
    private const string Role = "rehearsal";

    public static string Folder(AppDefinition live) => HostPath.Join(live.Platform.Service!.Directory, "rehearsal");

    public static string Database(AppDefinition live, string id, string operationId) => AsideNames.Database(live.Databases[id].Database, Role, operationId);

    /// <param name="left">Names of smoke tests that are not run, as <see cref="ScratchSmoke"/> finds.</param>
    public static AppDefinition Of(AppDefinition live, string operationId, int port, out IReadOnlyList<string> left)
    {
        var databases = live.Databases.ToDictionary(d => d.Key, d => d.Value with
        {
            Database = Database(live, d.Key, operationId),
            Password = Absolute(d.Value.Password, live),
        });
        return live with
        {
            Platform = live.Platform.Compose is { } compose ? Compose(live, compose, operationId, databases, port) : Service(live, live.Platform.Service!, databases, port),
            Databases = databases,
            Releases = live.Releases with
            {
                Password = Absolute(live.Releases.Password, live),
                GitHub = live.Releases.GitHub is { } github ? github with { Token = Absolute(github.Token, live) } : null,
            },
            Health = [.. live.Health.Select(h => h with { Http = Moved(h.Http, port), From = "host" })],
            Smoke = new ScratchSmoke(live, port).Of(live.Smoke, out left),
            // On Compose its folder is the live one, where nothing is to be made.
            Generate = live.Platform.Compose is null ? live.Generate : [],
            Backups = [],
            Quiesce = QuiesceMode.None,
            Retention = null,
            Store = null,
            State = null,
            Bake = TimeSpan.Zero,
            OnFailureData = DataPolicy.Keep,
            Rehearse = null,
        };
    }

    private static PlatformDefinition Service(AppDefinition live, ServiceDefinition service, Dictionary<string, DatabaseDefinition> databases, int port)
    {
        var place = live with { Platform = new PlatformDefinition { Service = service with { Directory = Folder(live) } }, Databases = databases };
        var environment = new Dictionary<string, string>(service.Environment);
        foreach (var (name, value) in live.Rehearse!.Environment)
            environment[name] = Fill(value, place, port);
        IReadOnlyList<string> command = live.Rehearse.Command.Count > 0 ? [.. live.Rehearse.Command.Select(c => Fill(c, place, port))] : service.Command;
        return new PlatformDefinition { Service = service with { Directory = Folder(live), Supervisor = ServiceDefinition.Process, Command = command, Environment = environment } };
    }

    /// <summary>The same folder and compose files: what is another one is told to the platform.</summary>
    private static PlatformDefinition Compose(AppDefinition live, ComposeDefinition compose, string operationId, Dictionary<string, DatabaseDefinition> databases, int port) => new()
    {
        Compose = compose with
        {
            Scratch = new ScratchRun
            {
                OperationId = operationId,
                Port = port,
                ContainerPort = live.Rehearse!.ContainerPort,
                LivePorts = [.. live.Health.Select(h => new Uri(h.Http).Port).Distinct()],
                Environment = live.Rehearse.Environment.ToDictionary(v => v.Key, v => Fill(v.Value, live with { Databases = databases }, port)),
                LiveDatabases = [.. live.Databases.Values.Select(d => d.Database)],
            },
        },
    };

    private static string Fill(string text, AppDefinition copy, int port) =>
        Placeholders.Fill(text.Replace(RehearseDefinition.Port, port.ToString(CultureInfo.InvariantCulture), StringComparison.Ordinal), copy);

    /// <summary>A path is meant below the live folder, wherever the copy stands.</summary>
    private static string? Absolute(string? secret, AppDefinition live) => secret is null ? null : SecretReference.Absolute(secret, live.Platform.Directory);

    /// <summary>Asked directly: whatever stands before the live application does not know the copy.</summary>
    private static string Moved(string url, int port) => string.Create(CultureInfo.InvariantCulture, $"http://127.0.0.1:{port}{new Uri(url).PathAndQuery}");
}
