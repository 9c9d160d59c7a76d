using UpgradeOps.Engine.Docker;
using UpgradeOps.Engine.Platforms.Compose.Model;

namespace UpgradeOps.Engine.Platforms.Compose.Builds;

/// <summary>Which services an update moves where images are built.</summary>
internal static class BuiltServices
{
    /// <summary>The services of the images that are built, and the declared one.</summary>
    public static IReadOnlyList<ComposeService> Of(ComposeModel model, string declared) =>
        [.. model.Built().UnionBy(model.Services.Values.Where(s => s.Name == declared), s => s.Name).OrderBy(s => s.Name, StringComparer.Ordinal)];

    /// <summary>
    /// Those, and what <c>docker compose up</c> would make or make anew by the files that count after the update: services that they add, and
    /// services whose configuration they change. Databases stay.
    /// </summary>
    /// <param name="live">What the files in the folder say now.</param>
    /// <param name="containers">Of any service.</param>
    public static IReadOnlyList<ComposeService> Moving(TargetProject target, ComposeModel live, string declared, IReadOnlySet<string> databases, IReadOnlyList<ContainerDetails> containers)
    {
        var built = Of(target.Model, declared).Select(s => s.Name).ToHashSet();
        return [.. target.Model.Services.Values
            .Where(s => built.Contains(s.Name) || (!databases.Contains(s.Name) && (target.Also.Contains(s.Name) || !live.Services.ContainsKey(s.Name) || IsChanged(target, s.Name, containers))))
            .OrderBy(s => s.Name, StringComparer.Ordinal)];
    }

    public static bool IsChanged(TargetProject target, string service, IReadOnlyList<ContainerDetails> containers) =>
        target.Hashes.TryGetValue(service, out var hash)
        && containers.Any(c => c.ServiceName() == service && c.Label(ContainerLabels.ConfigHash) is { } made && made != hash);
}
