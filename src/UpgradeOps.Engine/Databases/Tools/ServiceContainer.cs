using UpgradeOps.Engine.Apps.Definition;
using UpgradeOps.Engine.Docker;

namespace UpgradeOps.Engine.Databases.Tools;

/// <summary>Finds the running container of a Compose service by the labels that Compose gives it.</summary>
internal sealed class ServiceContainer(DockerClient docker, ComposeDefinition compose, string service)
{
    private const string ProjectLabel = "com.docker.compose.project";
    private const string FolderLabel = "com.docker.compose.project.working_dir";
    private const string NumberLabel = "com.docker.compose.container-number";

    public string Service => service;

    /// <exception cref="AppException">
    /// <see cref="ErrorIds.DatabaseUnreachable"/>: none runs; <see cref="ErrorIds.ComposeInvalid"/>: containers of several projects fit.
    /// </exception>
    public async Task<ContainerSummary> FindAsync(CancellationToken cancellationToken)
    {
        List<string> labels = [$"com.docker.compose.service={service}", "com.docker.compose.oneoff=False"];
        if (compose.Project is not null)
            labels.Add($"{ProjectLabel}={compose.Project}");
        var found = (await docker.ListContainersAsync(labels, cancellationToken).ConfigureAwait(false))
            .Where(c => compose.Project is not null || IsHere(c.Labels.GetValueOrDefault(FolderLabel)))
            .ToList();
        var projects = found.Select(c => c.Labels.GetValueOrDefault(ProjectLabel, "")).Distinct().ToList();
        if (projects.Count > 1)
        {
            throw new AppException(
                ErrorIds.ComposeInvalid, $"Service '{service}' runs in several projects of {compose.Directory}: {string.Join(", ", projects)}.", service,
                "Name the one that is meant with platform.compose.project in the definition.");
        }

        return found.Where(c => c.State == "running").MinBy(c => int.TryParse(c.Labels.GetValueOrDefault(NumberLabel), out var n) ? n : int.MaxValue)
            ?? throw new AppException(
                ErrorIds.DatabaseUnreachable,
                found.Count == 0
                    ? $"The Compose service '{service}' has no container in {compose.Directory}."
                    : $"The container {Name(found[0])} of the Compose service '{service}' does not run (it is {found[0].State}).",
                service);
    }

    public static string Name(ContainerSummary container) => container.Names.Count > 0 ? container.Names[0].TrimStart('/') : container.Id[..12];

    private bool IsHere(string? folder) => folder is not null
        && string.Equals(Path.TrimEndingDirectorySeparator(folder), Path.TrimEndingDirectorySeparator(compose.Directory), StringComparison.Ordinal);
}
