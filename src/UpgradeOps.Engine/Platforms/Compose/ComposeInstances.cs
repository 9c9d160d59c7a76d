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

        var containers = await project.Containers.FindAsync(names.Project, names.Services, cancellationToken).ConfigureAwait(false);
        return [.. containers.Select(ContainerInstance.Of)];
    }
}
