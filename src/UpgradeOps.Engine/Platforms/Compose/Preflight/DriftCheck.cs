using UpgradeOps.Engine.Docker;
using UpgradeOps.Engine.Platforms.Compose.Planning;

namespace UpgradeOps.Engine.Platforms.Compose.Preflight;

/// <summary>Whether what runs was made from the files as they are now: Compose writes a hash of its configuration on every container.</summary>
internal sealed class DriftCheck(ComposeProject project, ComposeSnapshot snapshot)
{
    public async Task<IReadOnlyList<Finding>> RunAsync(CancellationToken cancellationToken)
    {
        if (snapshot.Target is null && snapshot.Value is not { Length: > 0 })
            return [];
        var hashes = snapshot.Target?.Hashes ?? await project.Command.ReadHashesAsync(snapshot.Value!, cancellationToken).ConfigureAwait(false);
        var moving = snapshot.Moving.Select(s => s.Name).ToHashSet();
        var behind = Behind(moving);
        var others = await project.Containers.FindAsync(snapshot.Model.Project, behind, cancellationToken).ConfigureAwait(false);
        var replaces = moving.Any(s => Beside.Obstacle(snapshot, s) is not null);
        return
        [
            // What a commit changes is what it is installed for.
            .. snapshot.Target is not null ? [] : Drifted(snapshot.Containers.Where(c => c.State.Running), hashes).Select(s => Findings.Warning(
                ErrorIds.ConfigurationDrift,
                s,
                $"{s} runs with another configuration than its files ask for now: they were edited since, or come from another environment. The update applies them too.",
                "docker compose up --dry-run shows what would change.")),
            .. Drifted(others, hashes).Select(s => replaces
                ? Findings.Blocker(ErrorIds.ConfigurationDrift, s, $"{s} runs with another configuration than its files ask for now, and Compose would replace it together with the service that depends on it.", "Apply the files first: docker compose up --detach.")
                : Findings.Warning(ErrorIds.ConfigurationDrift, s, $"{s} runs with another configuration than its files ask for now. The update leaves it alone.", "docker compose up --dry-run shows what would change.")),
        ];
    }

    private static IEnumerable<string> Drifted(IEnumerable<ContainerDetails> containers, IReadOnlyDictionary<string, string> hashes) => containers
        .Where(c => c.Label(ContainerLabels.ConfigHash) is { } hash && hashes.TryGetValue(c.ServiceName(), out var now) && hash != now)
        .Select(c => c.ServiceName())
        .Distinct();

    /// <summary>All services on which the moving ones depend, near and far.</summary>
    private HashSet<string> Behind(HashSet<string> moving)
    {
        var found = new HashSet<string>();
        var open = new Queue<string>(moving);
        while (open.TryDequeue(out var name))
        {
            foreach (var dependency in snapshot.Model.Services.GetValueOrDefault(name)?.DependsOn ?? [])
            {
                if (!moving.Contains(dependency.Service) && found.Add(dependency.Service))
                    open.Enqueue(dependency.Service);
            }
        }

        return found;
    }
}
