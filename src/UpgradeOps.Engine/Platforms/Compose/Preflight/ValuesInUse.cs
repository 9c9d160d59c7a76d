using System.Text.Json;
using UpgradeOps.Engine.Apps.Definition;
using UpgradeOps.Engine.Docker;
using UpgradeOps.Engine.Hosts;
using UpgradeOps.Engine.Platforms.Generate;

namespace UpgradeOps.Engine.Platforms.Compose.Preflight;

/// <summary>
/// Whether containers have a value that is missing in the <c>.env</c> file, or a file that is missing on the disk: then it was there once, and data
/// may have been made with it. A database takes its password when its data is made, and no other later.
/// </summary>
internal sealed class ValuesInUse(ComposeProject project)
{
    /// <param name="missing">With their places under <c>generate:</c>.</param>
    public async Task<IReadOnlyList<ValueInUse>> FindAsync(IReadOnlyList<(GenerateDefinition Entry, int Number)> missing, CancellationToken cancellationToken)
    {
        var json = await project.Command.ReadForBuildAsync(new Dictionary<string, string>(), cancellationToken).ConfigureAwait(false);
        using var document = JsonDocument.Parse(json);
        var name = document.RootElement.GetProperty("name").GetString()!;
        var containers = await project.Containers.FindOthersAsync(name, new HashSet<string>(), cancellationToken).ConfigureAwait(false);
        var found = new List<ValueInUse>();
        foreach (var (entry, number) in missing)
        {
            var use = entry.Variable is not null ? InEnvironment(entry, StandIns.Of(entry, number), document.RootElement, containers) : Mounted(entry, containers);
            if (use is not null)
                found.Add(use);
        }

        return found;
    }

    private static ValueInUse? InEnvironment(GenerateDefinition entry, string standIn, JsonElement model, IReadOnlyList<ContainerDetails> containers)
    {
        foreach (var container in containers)
        {
            if (!model.TryGetProperty("services", out var services) || !services.TryGetProperty(container.ServiceName(), out var service))
                continue;
            var environment = service.TryGetProperty("environment", out var declared) && declared.ValueKind == JsonValueKind.Object
                ? declared.EnumerateObject().Where(v => v.Value.ValueKind == JsonValueKind.String).ToDictionary(v => v.Name, v => v.Value.GetString()!)
                : [];
            // What env_file hands on is in the container, and gone from what the files say.
            var handedOn = environment.ContainsKey(entry.Variable!) ? [] : new[] { KeyValuePair.Create(entry.Variable!, standIn) };
            foreach (var (name, value) in environment.Concat(handedOn))
            {
                // In what it prints, Compose doubles each dollar.
                if (HasValue(container, name, value.Replace("$$", "$", StringComparison.Ordinal).Split(standIn)))
                    return new ValueInUse(entry, $"the container {container.DisplayName} was made with a value for it ({name})", $"docker inspect {container.DisplayName}");
            }
        }

        return null;
    }

    /// <param name="around">What stands around the value.</param>
    private static bool HasValue(ContainerDetails container, string variable, string[] around) => around.Length > 1 && (container.Config.Env ?? []).Any(e =>
        e.StartsWith($"{variable}=", StringComparison.Ordinal) && e[(variable.Length + 1)..] is var now
        && now.StartsWith(around[0], StringComparison.Ordinal) && now.EndsWith(around[^1], StringComparison.Ordinal) && now.Length > around.Sum(a => a.Length));

    private ValueInUse? Mounted(GenerateDefinition entry, IReadOnlyList<ContainerDetails> containers)
    {
        var paths = entry.Files.Select(f => HostPath.Absolute(f, project.Compose.Directory)).ToHashSet();
        return containers.SelectMany(c => (c.Mounts ?? []).Where(m => m.Source is not null && paths.Contains(m.Source)).Select(m => new ValueInUse(
            entry, $"the container {c.DisplayName} was made with it", $"docker exec {c.DisplayName} cat {m.Destination}"))).FirstOrDefault();
    }
}
