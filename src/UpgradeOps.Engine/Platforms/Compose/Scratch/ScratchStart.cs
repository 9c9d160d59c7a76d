using System.Globalization;
using UpgradeOps.Engine.Apps.Definition;

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
    public async Task RunAsync(string container, string service, string image, string value, bool isApplication, IReadOnlyList<string> command, CancellationToken cancellationToken)
    {
        var model = await ReadAsync(value, cancellationToken).ConfigureAwait(false);
        // Looked at once more: the files may be others by now.
        new ScratchShares(model, run, project.Definition.Name).Refuse(service);
        var publish = isApplication ? string.Create(CultureInfo.InvariantCulture, $"127.0.0.1:{run.Port}:{Port(model)}") : null;
        await project.Docker.RemoveContainerAsync(container, withVolumes: true, cancellationToken).ConfigureAwait(false);
        await project.Command.StartAloneAsync(new ScratchFile(model, run).Of(service, image), Names.Project, container, service, publish, command, value, cancellationToken).ConfigureAwait(false);
    }

    public async Task<ScratchModel> ReadAsync(string value, CancellationToken cancellationToken) =>
        new(await project.Command.ReadResolvedAsync(value, cancellationToken).ConfigureAwait(false));

    /// <exception cref="AppException"><see cref="ErrorIds.RehearsalNotDeclared"/>: nothing tells it.</exception>
    public int Port(ScratchModel model) => run.ContainerPort ?? model.TargetOf(project.Compose.Service, [.. run.LivePorts]) ?? throw new AppException(
        ErrorIds.RehearsalNotDeclared,
        $"No entry of 'ports' of {project.Compose.Service} in the compose file publishes a port that the health checks of {project.Definition.Name} ask: the port that a copy listens on in its container is not known.",
        project.Definition.Path,
        "Write it as 'port:' under rehearse in the definition.");
}
