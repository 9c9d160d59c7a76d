using UpgradeOps.Engine.Platforms.Compose.Mounts;

namespace UpgradeOps.Engine.Platforms.Compose.Preflight;

/// <summary>Which containers that an update leaves running mount files that it changes: Compose, too, would not make them anew for that.</summary>
internal sealed class MountCheck(ComposeProject project, ComposeSnapshot snapshot)
{
    public IReadOnlyList<Finding> Run()
    {
        var folder = new MountedFolder(project);
        var changed = snapshot.Target?.Mounts.Changes.Select(c => folder.Relative(c.Path)!).ToList() ?? [];
        var moving = snapshot.Moving.Select(s => s.Name).ToHashSet();
        return
        [
            .. snapshot.Target?.Mounts.Findings ?? [],
            .. from service in snapshot.Model.Services.Values.OrderBy(s => s.Name, StringComparer.Ordinal)
               where !moving.Contains(service.Name) && snapshot.All.Any(c => c.ServiceName() == service.Name && c.State.Running && !snapshot.Dependents.Contains(c.Id))
               let places = folder.Places(service.Mounted)
               let seen = changed.Where(c => places.Any(p => MountedFolder.IsBelow(c, p))).ToList()
               where seen.Count > 0
               select Findings.Warning(
                   ErrorIds.ConfigurationDrift,
                   service.Name,
                   $"{service.Name} mounts {string.Join(", ", seen)}, which the update changes, and is left running: it uses the new {(seen.Count == 1 ? "file" : "files")} once it is restarted.",
                   $"docker compose restart {service.Name}, after the update."),
        ];
    }
}
