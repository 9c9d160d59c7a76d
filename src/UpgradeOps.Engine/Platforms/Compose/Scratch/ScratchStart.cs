using System.Globalization;
using UpgradeOps.Engine.Apps.Definition;
using UpgradeOps.Engine.Docker;
using UpgradeOps.Engine.Hosts;
using UpgradeOps.Engine.Platforms.Compose.Builds;

namespace UpgradeOps.Engine.Platforms.Compose.Scratch;

/// <summary>Starts containers of a copy, and knows them again.</summary>
internal sealed class ScratchStart(ComposeProject project, ScratchRun run)
{
    public ScratchNames Names { get; } = new(run);

    public ScratchRemains Remains => new(project, Names);

    /// <summary>One of this name that an interrupted start left is replaced.</summary>
    /// <param name="isApplication">True for what is to be asked: it gets the port.</param>
    /// <param name="command">In place of the service's own; empty for that one.</param>
    /// <param name="value">The variable's value.</param>
    /// <param name="files">The compose files that count, where a commit brings them; empty for those in the folder.</param>
    public async Task RunAsync(
        string container, string service, string image, string value, IReadOnlyList<CommitFile> files, bool isApplication, IReadOnlyList<string> command, CancellationToken cancellationToken)
    {
        var model = await ReadAsync(service, value, files, cancellationToken).ConfigureAwait(false);
        // Looked at once more: the files may be others by now.
        new ScratchShares(model, run, project.Definition.Name).Refuse(service);
        var publish = isApplication ? string.Create(CultureInfo.InvariantCulture, $"127.0.0.1:{run.Port}:{Port(model)}") : null;
        await project.Docker.RemoveContainerAsync(container, withVolumes: true, cancellationToken).ConfigureAwait(false);
        // Those that a commit adds are not there yet.
        foreach (var volume in model.Volumes(service))
            await project.Docker.CreateVolumeAsync(new VolumeSpec(Names.Volume(volume), Names.Labels), cancellationToken).ConfigureAwait(false);
        await Command(files).StartAloneAsync(new ScratchFile(model, run).Of(service, image), Names.Project, container, service, publish, command, value, cancellationToken).ConfigureAwait(false);
    }

    /// <summary>What the files say, with this service: one of a profile that nobody asked for is there only when it is named, and without the others.</summary>
    /// <param name="files">As for <see cref="RunAsync"/>.</param>
    public async Task<ScratchModel> ReadAsync(string service, string value, IReadOnlyList<CommitFile> files, CancellationToken cancellationToken)
    {
        var compose = Command(files);
        var all = new ScratchModel(await compose.ReadResolvedAsync(value, cancellationToken).ConfigureAwait(false));
        return all.Has(service) ? all : new ScratchModel(await compose.ReadForRunAsync(service, value, cancellationToken).ConfigureAwait(false));
    }

    /// <exception cref="AppException"><see cref="ErrorIds.RehearsalNotDeclared"/>: nothing tells it.</exception>
    public int Port(ScratchModel model) => run.ContainerPort ?? model.TargetOf(project.Compose.Service, [.. run.LivePorts]) ?? throw new AppException(
        ErrorIds.RehearsalNotDeclared,
        $"No entry of 'ports' of {project.Compose.Service} in the compose file publishes a port that the health checks of {project.Definition.Name} ask: the port that a copy listens on in its container is not known.",
        project.Definition.Path,
        "Write it as 'port:' under rehearse in the definition.");

    private ComposeCommand Command(IReadOnlyList<CommitFile> files) => files.Count == 0
        ? project.Command
        : project.CommandWith([.. files.Select(f => f.Taken ? HostPath.Join(project.Builds.Tree, f.Source!) : f.Path)]);
}
