using UpgradeOps.Engine.Apps.Definition;
using UpgradeOps.Engine.Platforms.Compose.Evidence;
using UpgradeOps.Engine.Platforms.Compose.Planning;
using UpgradeOps.Engine.Platforms.Compose.Preflight;
using UpgradeOps.Engine.Platforms.Compose.Scratch;
using UpgradeOps.Engine.Platforms.Compose.Steps;
using UpgradeOps.Engine.Platforms.Generate;
using UpgradeOps.Engine.Platforms.Jobs;
using UpgradeOps.Engine.Steps;

namespace UpgradeOps.Engine.Platforms.Compose;

/// <summary>Applications behind Docker Compose, from published images whose version is a tag in an environment file, or from images that are built of commits.</summary>
internal sealed class ComposePlatform(ComposeProject project) : IPlatform
{
    private readonly ComposeInstances instances = new(project);

    public string Prefix => StepKinds.Prefix;

    public Task<Deployment> InspectAsync(CancellationToken cancellationToken) =>
        new ComposeInspection(project).RunAsync(cancellationToken);

    public Task<IReadOnlyList<Instance>> InstancesAsync(CancellationToken cancellationToken) => instances.ReadAsync(cancellationToken);

    public Task<IReadOnlyList<Finding>> CheckAsync(Deployment current, PlatformTarget target, CancellationToken cancellationToken) =>
        new ComposeChecks(project).RunAsync(current, target, cancellationToken);

    public Task<IReadOnlyList<ValueInUse>> FindInUseAsync(IReadOnlyList<(GenerateDefinition Entry, int Number)> missing, CancellationToken cancellationToken) =>
        new ValuesInUse(project).FindAsync(missing, cancellationToken);

    public Task<IReadOnlyList<PlannedStep>> PlanAsync(Deployment current, PlatformTarget target, CancellationToken cancellationToken) =>
        new ComposePlanner(project).RunAsync(current, target, cancellationToken);

    public IStep Create(PlannedStep planned) => planned.Kind switch
    {
        StepKinds.Remember => new RememberStep(planned, project),
        StepKinds.Pull => new PullStep(planned, project),
        StepKinds.Build when project.Repository is { } repository => new BuildStep(planned, project, repository),
        StepKinds.Hold => new HoldStep(planned, project),
        StepKinds.Tag => new TagStep(planned, project),
        StepKinds.Files => new FilesStep(planned, project),
        StepKinds.Mounts => new MountsStep(planned, project),
        StepKinds.Env => new EnvStep(planned, project),
        StepKinds.Create => new CreateStep(planned, project),
        StepKinds.Recreate => new RecreateStep(planned, project),
        StepKinds.Stop => new StopStep(planned, project),
        StepKinds.Start => new StartStep(planned, project),
        StepKinds.Keep => new KeepStep(planned, project),
        _ => throw new AppException(ErrorIds.PlanDamaged, $"Step {planned.Id} has the kind '{planned.Kind}', which Compose has not.", planned.Id),
    };

    public IAsyncEnumerable<LogLine> LogsAsync(int tail, bool follow, CancellationToken cancellationToken) =>
        new ComposeLogs(project, async token => (await ComposeSnapshot.ReadAsync(project, token).ConfigureAwait(false)).Containers).ReadAsync(tail, follow, cancellationToken);

    public Task<IReadOnlyDictionary<string, byte[]>?> ReadFolderAsync(string folder, string? version, CancellationToken cancellationToken) =>
        new ReleaseFiles(project).ReadAsync(folder, version, cancellationToken);

    public Task<IReadOnlyDictionary<string, byte[]>?> ReadFolderAsync(string folder, string? source, Release release, CancellationToken cancellationToken) =>
        new ReleaseFiles(project).ReadAsync(folder, source, release, cancellationToken);

    public Task<IReadOnlyDictionary<string, string>> PlanJobAsync(string? service, PlatformTarget? target, CancellationToken cancellationToken) =>
        new ComposePlanner(project).JobAsync(service, target, cancellationToken);

    public IJob OpenJob(string name, IReadOnlyDictionary<string, string> inputs)
    {
        var (container, service, value) = ($"{inputs[StepInputs.Project]}-{name}", inputs[StepInputs.Service], inputs[StepInputs.Value]);
        return new ComposeJob(project, container, async (command, token) =>
        {
            var model = new ScratchModel(await project.Command.ReadForRunAsync(service, value, token).ConfigureAwait(false));
            var file = await new JobFile(model, project.Docker).OfAsync(service, token).ConfigureAwait(false);
            await project.Command.StartAloneAsync(file, inputs[StepInputs.Project], container, service, publish: null, command, value, token).ConfigureAwait(false);
        });
    }

    public Task<IReadOnlyDictionary<string, byte[]>> EvidenceAsync(IReadOnlyList<string> instanceIds, CancellationToken cancellationToken) =>
        new ComposeEvidence(project).RunAsync(instanceIds, cancellationToken);

    public async Task<IReadOnlyList<string>> StopWritersAsync(CancellationToken cancellationToken)
    {
        var snapshot = await ComposeSnapshot.ReadAsync(project, cancellationToken).ConfigureAwait(false);
        var running = snapshot.Containers.Where(c => c.State.Running).Select(c => c.Id).ToList();
        await Task.WhenAll(running.Select(id => project.Docker.StopContainerAsync(id, null, cancellationToken))).ConfigureAwait(false);
        return running;
    }

    public Task StartWritersAsync(IReadOnlyList<string> instanceIds, CancellationToken cancellationToken) =>
        Task.WhenAll(instanceIds.Select(id => project.Docker.StartContainerAsync(id, cancellationToken)));

    public Task PauseWritersAsync(IReadOnlyList<string> instanceIds, CancellationToken cancellationToken) =>
        Task.WhenAll(instanceIds.Select(id => PauseAsync(id, pause: true, cancellationToken)));

    public Task UnpauseWritersAsync(IReadOnlyList<string> instanceIds, CancellationToken cancellationToken) =>
        Task.WhenAll(instanceIds.Select(id => PauseAsync(id, pause: false, cancellationToken)));

    private async Task PauseAsync(string id, bool pause, CancellationToken cancellationToken)
    {
        // The engine refuses what is done already; one that has ended or is gone writes nothing.
        var state = (await project.Docker.InspectContainerAsync(id, cancellationToken).ConfigureAwait(false))?.State;
        if (state is not { Running: true } || state.Paused == pause)
            return;
        if (pause)
            await project.Docker.PauseContainerAsync(id, cancellationToken).ConfigureAwait(false);
        else
            await project.Docker.UnpauseContainerAsync(id, cancellationToken).ConfigureAwait(false);
    }

    public ValueTask DisposeAsync() => project.Docker.DisposeAsync();
}
