namespace UpgradeOps.Engine.Platforms.Compose;

/// <summary>
/// The containers alone. Which services count is read from the compose file once: that takes a run of the Compose command, the engine
/// itself answers in milliseconds.
/// </summary>
internal sealed class ComposeInstances(ComposeProject project)
{
    private (string Project, IReadOnlyList<string> Services)? known;

    public async Task<IReadOnlyList<Instance>> ReadAsync(CancellationToken cancellationToken)
    {
        if (known is not { } names)
        {
            var snapshot = await ComposeSnapshot.ReadAsync(project, cancellationToken).ConfigureAwait(false);
            known = names = (snapshot.Model.Project, [.. snapshot.Moving.Select(s => s.Name)]);
        }

        // Where images are built, a commit may bring services that nobody knew when the names were read.
        var containers = project.Compose.Build is null
            ? await project.Containers.FindAsync(names.Project, names.Services, cancellationToken).ConfigureAwait(false)
            : await project.Containers.FindOthersAsync(names.Project, project.Databases, cancellationToken).ConfigureAwait(false);
        return [.. containers.Select(ContainerInstance.Of)];
    }
}
