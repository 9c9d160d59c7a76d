using UpgradeOps.Engine.Docker;

namespace UpgradeOps.Engine.Platforms.Compose;

/// <summary>Looks up a project's containers in the engine.</summary>
internal sealed class ProjectContainers(DockerClient docker)
{
    /// <summary>Containers of these services in any state, by service and then in the order in which they were made; one-off runs are left out.</summary>
    public async Task<IReadOnlyList<ContainerDetails>> FindAsync(string project, IEnumerable<string> services, CancellationToken cancellationToken)
    {
        var wanted = services.ToHashSet();
        return await FindAsync(project, wanted.Contains, cancellationToken).ConfigureAwait(false);
    }

    /// <summary>The same of all services but these.</summary>
    public Task<IReadOnlyList<ContainerDetails>> FindOthersAsync(string project, IReadOnlySet<string> services, CancellationToken cancellationToken) =>
        FindAsync(project, name => !services.Contains(name), cancellationToken);

    private async Task<IReadOnlyList<ContainerDetails>> FindAsync(string project, Func<string, bool> wanted, CancellationToken cancellationToken)
    {
        var all = await docker.ListContainersAsync([$"{ContainerLabels.Project}={project}"], cancellationToken).ConfigureAwait(false);
        var ids = all
            .Where(c => wanted(c.Labels.GetValueOrDefault(ContainerLabels.Service, "")))
            .Where(c => !string.Equals(c.Labels.GetValueOrDefault(ContainerLabels.OneOff), "True", StringComparison.OrdinalIgnoreCase))
            .Select(c => c.Id);
        return await InspectAsync(ids, cancellationToken).ConfigureAwait(false);
    }

    /// <summary>The containers that are still there.</summary>
    public async Task<IReadOnlyList<ContainerDetails>> InspectAsync(IEnumerable<string> ids, CancellationToken cancellationToken)
    {
        var found = await Task.WhenAll(ids.Select(id => docker.InspectContainerAsync(id, cancellationToken))).ConfigureAwait(false);
        return found
            .OfType<ContainerDetails>()
            .OrderBy(c => c.ServiceName(), StringComparer.Ordinal)
            .ThenBy(c => c.Created, StringComparer.Ordinal)
            .ToList();
    }
}
