using UpgradeOps.Engine.Apps.Definition;
using UpgradeOps.Engine.Docker;
using UpgradeOps.Engine.Json;
using UpgradeOps.Engine.Platforms.Builds;
using UpgradeOps.Engine.Platforms.Compose.Builds;
using UpgradeOps.Engine.Platforms.Compose.Evidence;
using UpgradeOps.Engine.Platforms.Compose.Model;
using UpgradeOps.Engine.Platforms.Compose.Planning;
using UpgradeOps.Engine.Platforms.Compose.Steps;
using UpgradeOps.Engine.Platforms.Jobs;
using UpgradeOps.Engine.Steps;

namespace UpgradeOps.Engine.Platforms.Compose.Scratch;

/// <summary>
/// The copy of a Compose application that a rehearsal runs: containers of their own, in the networks that are there. Nothing of the live
/// application is its business: it changes no file, no tag and no container of that.
/// </summary>
internal sealed class ScratchPlatform(ComposeProject project, ScratchRun run) : IPlatform
{
    /// <summary>Of a job: its image.</summary>
    private const string Image = "image";

    private static readonly string[] Local = ["unix://", "npipe://"];

    private readonly ScratchStart start = new(project, run);
    private readonly ComposePlatform live = new(project);

    public string Prefix => StepKinds.Prefix;

    /// <summary>Looks whether a copy would have something in common with the live application.</summary>
    /// <returns>What a person must know of it.</returns>
    /// <exception cref="AppException"><see cref="ErrorIds.RehearsalShares"/>; <see cref="ErrorIds.RehearsalNotDeclared"/>: its port is not known.</exception>
    public async Task<IReadOnlyList<Finding>> RefuseSharesAsync(CancellationToken cancellationToken)
    {
        if (project.Docker.Endpoint is var engine && !engine.IsElsewhere && !Local.Any(l => engine.Address.StartsWith(l, StringComparison.Ordinal)))
            throw new AppException(ErrorIds.DefinitionNotImplemented, $"The Docker Engine at {engine.Address} runs on another machine: a rehearsal on Compose asks its copy on this one.", project.Definition.Name, "Name that machine as host ('host: ssh://…'), or rehearse on it.");
        var (models, services) = await ReadAsync(cancellationToken).ConfigureAwait(false);
        start.Port(models[project.Compose.Service]);
        foreach (var (service, model) in models)
            new ScratchShares(model, run, project.Definition.Name).Refuse(service);
        return [.. services.Findings()];
    }

    /// <summary>Makes the copy's volumes, empty; those that are there already stay as they are.</summary>
    /// <returns>The copy's volumes by the live ones in whose place they are mounted.</returns>
    public async Task<IReadOnlyDictionary<string, string>> CreateVolumesAsync(CancellationToken cancellationToken)
    {
        var (models, _) = await ReadAsync(cancellationToken).ConfigureAwait(false);
        var volumes = models.SelectMany(m => m.Value.Volumes(m.Key)).Distinct().ToDictionary(v => v, start.Names.Volume);
        foreach (var volume in volumes.Values)
            await project.Docker.CreateVolumeAsync(new VolumeSpec(volume, start.Names.Labels), cancellationToken).ConfigureAwait(false);
        return volumes;
    }

    /// <summary>Ends and removes the copy, and what an interrupted rehearsal left of it.</summary>
    public async Task RemoveAsync(CancellationToken cancellationToken)
    {
        if (project.Compose.Build is not null)
            await BuildWork.EndAllAsync(project.Host, project.Builds.Builds, project.Time, cancellationToken).ConfigureAwait(false);
        await start.Remains.RemoveAsync(cancellationToken).ConfigureAwait(false);
    }

    public async Task<Deployment> InspectAsync(CancellationToken cancellationToken) =>
        new() { Name = project.Definition.Name, Instances = await InstancesAsync(cancellationToken).ConfigureAwait(false) };

    public async Task<IReadOnlyList<Instance>> InstancesAsync(CancellationToken cancellationToken) =>
        [.. (await start.Remains.ContainersAsync(cancellationToken).ConfigureAwait(false)).Select(ContainerInstance.Of)];

    /// <summary>Nothing: what stands against the update is looked for at the live application.</summary>
    public Task<IReadOnlyList<Finding>> CheckAsync(Deployment current, PlatformTarget target, CancellationToken cancellationToken) => Task.FromResult<IReadOnlyList<Finding>>([]);

    public async Task<IReadOnlyList<PlannedStep>> PlanAsync(Deployment current, PlatformTarget target, CancellationToken cancellationToken)
    {
        var snapshot = await SnapshotAsync(target, cancellationToken).ConfigureAwait(false);
        var value = await ValueAsync(target, cancellationToken).ConfigureAwait(false);
        var moved = await new MovePlanner(project, snapshot, value).RunAsync(target, cancellationToken).ConfigureAwait(false);
        var copied = new ScratchServices(project, snapshot).Of(moved);
        List<MovedService> needed = [.. copied, .. moved.Where(m => m.Name == project.Definition.Migrations?.Service && !copied.Contains(m))];
        var words = new StepWords(needed, target.Release);
        var (inputs, start) = (Inputs(needed, value), Inputs(copied, value));
        var steps = new List<PlannedStep>();
        if (snapshot.Target is null || needed.Any(s => s.Digest is not null))
            steps.Add(Step(StepKinds.Pull, StepPhase.Stage, words.Pull, inputs) with { Reversibility = Reversibility.Additive, Interruptible = true });
        if (snapshot.Target is { } built)
        {
            // Whoever has an image built need not be the one that is copied.
            List<MovedService> building = [.. needed, .. moved.Where(m => m.BuiltAs is not null && !needed.Contains(m))];
            var commit = new CommitPlan(target.Release, new StepWords(building, target.Release), built, snapshot);
            var build = new Dictionary<string, string>(Inputs(building, value)) { [StepInputs.Project] = snapshot.Model.Project };
            steps.Add(Step(StepKinds.Build, StepPhase.Stage, commit.Description, commit.BuildInputs(build)) with { Reversibility = Reversibility.Additive, Interruptible = true });
            start[StepInputs.CommitFiles] = EngineJson.Write(built.Files);
        }

        steps.Add(Step(StepKinds.Hold, StepPhase.Stage, "Hold the copy's images against pruning", inputs) with { Reversibility = Reversibility.Additive });
        steps.Add(Step(StepKinds.Start, StepPhase.Switch, $"Start the copy of {string.Join(", ", copied.Select(c => c.Name))}", start) with { CausesOutage = true, StartsNew = true });
        return steps;
    }

    public IStep Create(PlannedStep planned) => planned.Kind switch
    {
        StepKinds.Pull => new PullStep(planned, project),
        StepKinds.Build when project.Repository is { } repository => new BuildStep(planned, project, repository),
        StepKinds.Hold => new ScratchHoldStep(planned, project, start.Names),
        StepKinds.Start => new ScratchStartStep(planned, project, start),
        _ => throw new AppException(ErrorIds.PlanDamaged, $"Step {planned.Id} has the kind '{planned.Kind}', which a copy on Compose has not.", planned.Id),
    };

    public IAsyncEnumerable<LogLine> LogsAsync(int tail, bool follow, CancellationToken cancellationToken) =>
        new ComposeLogs(project, start.Remains.ContainersAsync).ReadAsync(tail, follow, cancellationToken);

    public Task<IReadOnlyDictionary<string, byte[]>> EvidenceAsync(IReadOnlyList<string> instanceIds, CancellationToken cancellationToken) =>
        new ComposeEvidence(project).RunAsync(instanceIds, cancellationToken);

    public Task<IReadOnlyDictionary<string, byte[]>?> ReadFolderAsync(string folder, string? version, CancellationToken cancellationToken) => live.ReadFolderAsync(folder, version, cancellationToken);

    public async Task<IReadOnlyDictionary<string, string>> PlanJobAsync(string? service, PlatformTarget? target, CancellationToken cancellationToken)
    {
        var job = await live.PlanJobAsync(service, target, cancellationToken).ConfigureAwait(false);
        var snapshot = await SnapshotAsync(target, cancellationToken).ConfigureAwait(false);
        var name = job[StepInputs.Service];
        var moved = target is null ? [] : await new MovePlanner(project, snapshot, job[StepInputs.Value]).RunAsync(target, cancellationToken).ConfigureAwait(false);
        var files = snapshot.Target?.Files ?? [];
        var image = moved.FirstOrDefault(m => m.Name == name) is { } found ? found.NewImage ?? found.Reference
            : snapshot.Model.Services.TryGetValue(name, out var declared) ? snapshot.Model.ImageOf(declared)
            : await OfProfileAsync(name, snapshot.Model.Project, job[StepInputs.Value], moved, cancellationToken).ConfigureAwait(false);
        return new Dictionary<string, string>(job) { [Image] = image, [StepInputs.CommitFiles] = EngineJson.Write(files) };
    }

    /// <summary>The image of a service that the update does not move, because no active profile has it: what another one moves to, where it is the same.</summary>
    private async Task<string> OfProfileAsync(string service, string composeProject, string value, IReadOnlyList<MovedService> moved, CancellationToken cancellationToken)
    {
        // By the files in the folder: those that a commit brings are there only when it is built.
        var model = await start.ReadAsync(service, value, [], cancellationToken).ConfigureAwait(false);
        var reference = ComposeModel.Tagged(ScratchModel.Text(model.Service(service), "image") ?? $"{composeProject}-{service}");
        return moved.FirstOrDefault(m => m.Reference == reference) is { } same ? same.NewImage ?? same.Reference : reference;
    }

    public IJob OpenJob(string name, IReadOnlyDictionary<string, string> inputs)
    {
        var container = start.Names.Container(name);
        return new ComposeJob(
            project, container,
            (command, token) => start.RunAsync(container, inputs[StepInputs.Service], inputs[Image], inputs[StepInputs.Value], Files(inputs), isApplication: false, command, token));
    }

    public async Task<IReadOnlyList<string>> StopWritersAsync(CancellationToken cancellationToken)
    {
        var running = (await start.Remains.ContainersAsync(cancellationToken).ConfigureAwait(false)).Where(c => c.State.Running).Select(c => c.Id).ToList();
        await Task.WhenAll(running.Select(id => project.Docker.StopContainerAsync(id, null, cancellationToken))).ConfigureAwait(false);
        return running;
    }

    public Task StartWritersAsync(IReadOnlyList<string> instanceIds, CancellationToken cancellationToken) => live.StartWritersAsync(instanceIds, cancellationToken);

    public ValueTask DisposeAsync() => live.DisposeAsync();

    /// <summary>The copy's services, and the one in whose environment the migrations' command runs.</summary>
    private IEnumerable<string> Run(ScratchServices services)
    {
        string?[] migrating = [project.Definition.Migrations is { Command.Count: > 0 } declared ? declared.Service : null];
        return services.Names.Concat(migrating.OfType<string>()).Distinct();
    }

    /// <returns>What the files in the folder say of each service that runs for the copy, by its name.</returns>
    private async Task<(IReadOnlyDictionary<string, ScratchModel> Models, ScratchServices Services)> ReadAsync(CancellationToken cancellationToken)
    {
        var snapshot = await ComposeSnapshot.ReadAsync(project, cancellationToken).ConfigureAwait(false);
        var services = new ScratchServices(project, snapshot);
        var all = await start.ReadAsync(project.Compose.Service, snapshot.Value ?? "", [], cancellationToken).ConfigureAwait(false);
        var models = new Dictionary<string, ScratchModel>();
        foreach (var service in Run(services))
            models[service] = all.Has(service) ? all : await start.ReadAsync(service, snapshot.Value ?? "", [], cancellationToken).ConfigureAwait(false);
        return (models, services);
    }

    /// <summary>What there is, with the files of the commit that the update goes to where images are built.</summary>
    private async Task<ComposeSnapshot> SnapshotAsync(PlatformTarget? target, CancellationToken cancellationToken)
    {
        var built = target is null || project.Compose.Build is null
            ? null
            : await TargetProject.ReadAsync(project, await live.InspectAsync(cancellationToken).ConfigureAwait(false), target, cancellationToken).ConfigureAwait(false);
        return await ComposeSnapshot.ReadAsync(project, cancellationToken, built).ConfigureAwait(false);
    }

    private async Task<string> ValueAsync(PlatformTarget target, CancellationToken cancellationToken) =>
        (await live.PlanJobAsync(null, target, cancellationToken).ConfigureAwait(false))[StepInputs.Value];

    private static IReadOnlyList<CommitFile> Files(IReadOnlyDictionary<string, string> inputs) =>
        EngineJson.Read<List<CommitFile>>(inputs.GetValueOrDefault(StepInputs.CommitFiles, "[]"), ErrorIds.PlanDamaged, StepInputs.CommitFiles);

    private static Dictionary<string, string> Inputs(IReadOnlyList<MovedService> services, string value) =>
        new() { [StepInputs.Services] = EngineJson.Write(services), [StepInputs.Value] = value };

    private static PlannedStep Step(string kind, StepPhase phase, string description, Dictionary<string, string> inputs) => new()
    {
        Id = $"main/{kind}#1",
        Kind = kind,
        Phase = phase,
        Description = description,
        Reversibility = Reversibility.Reversible,
        Repeatable = Repeatability.Observable,
        Inputs = inputs,
    };
}
