using System.Globalization;
using UpgradeOps.Engine.Apps.Definition;
using UpgradeOps.Engine.Apps.Secrets;
using UpgradeOps.Engine.Backups.Restore;
using UpgradeOps.Engine.Hosts;
using UpgradeOps.Engine.Platforms.Service;

namespace UpgradeOps.Engine.Updates.Rehearsing;

/// <summary>An application like the live one, with a folder, a port and databases of its own. Where it stands follows from the operation alone.</summary>
internal static class ScratchDefinition
{
    /// <summary>The part of a scratch database's name that says what it is for.</summary>
    private const string Role = "rehearsal";

    public static string Folder(AppDefinition live) => HostPath.Join(live.Platform.Service!.Directory, "rehearsal");

    public static string Database(AppDefinition live, string id, string operationId) => AsideNames.Database(live.Databases[id].Database, Role, operationId);

    /// <param name="left">Names of smoke tests that are not run: they ask something else than the application, and those after them may need what they found.</param>
    public static AppDefinition Of(AppDefinition live, string operationId, int port, out IReadOnlyList<string> left)
    {
        var service = live.Platform.Service!;
        var own = live.Health.Select(h => new Uri(h.Http).Authority).ToHashSet(StringComparer.OrdinalIgnoreCase);
        var smoke = live.Smoke.TakeWhile(s => s.Http is null || own.Contains(new Uri(s.Http).Authority)).ToList();
        left = [.. live.Smoke.Skip(smoke.Count).Select(s => s.Name)];
        var environment = new Dictionary<string, string>(service.Environment);
        foreach (var (name, value) in live.Rehearse!.Environment)
            environment[name] = Fill(value, live, operationId, port);
        IReadOnlyList<string> command = live.Rehearse.Command.Count > 0 ? [.. live.Rehearse.Command.Select(c => Fill(c, live, operationId, port))] : service.Command;
        return live with
        {
            Platform = new PlatformDefinition { Service = service with { Directory = Folder(live), Command = command, Environment = environment } },
            Databases = live.Databases.ToDictionary(d => d.Key, d => d.Value with
            {
                Database = Database(live, d.Key, operationId),
                Password = d.Value.Password is { } password ? SecretReference.Absolute(password, live.Platform.Directory) : null,
            }),
            Health = [.. live.Health.Select(h => h with { Http = Moved(h.Http, port) })],
            Smoke = [.. smoke.Select(s => s.Http is { } http ? s with { Http = Moved(http, port) } : s)],
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

    /// <summary>Variables that the copy shares with the live application and that name its folder: it may write there.</summary>
    public static IReadOnlyList<string> Shared(AppDefinition live) =>
    [
        .. live.Platform.Service!.Environment
            .Where(v => !live.Rehearse!.Environment.ContainsKey(v.Key) && v.Value.Contains(live.Platform.Service.Directory, StringComparison.Ordinal))
            .Select(v => v.Key),
    ];

    private static string Fill(string value, AppDefinition live, string operationId, int port)
    {
        value = value.Replace(RehearseDefinition.Port, port.ToString(CultureInfo.InvariantCulture), StringComparison.Ordinal)
            .Replace(RehearseDefinition.Shared, new ServicePaths(Folder(live)).Shared, StringComparison.Ordinal);
        foreach (var id in live.Databases.Keys)
            value = value.Replace(RehearseDefinition.DatabaseOf(id), Database(live, id, operationId), StringComparison.Ordinal);
        return live.Databases.Keys.FirstOrDefault() is { } only && live.Databases.Count == 1
            ? value.Replace(RehearseDefinition.Database, Database(live, only, operationId), StringComparison.Ordinal)
            : value;
    }

    /// <summary>Asked directly: whatever stands before the live application does not know the copy.</summary>
    private static string Moved(string url, int port) => string.Create(CultureInfo.InvariantCulture, $"http://127.0.0.1:{port}{new Uri(url).PathAndQuery}");
}
