using UpgradeOps.Engine.Docker;
using UpgradeOps.Engine.Json;
using UpgradeOps.Engine.Platforms.Compose.Files;
using UpgradeOps.Engine.Platforms.Generate;
using UpgradeOps.Engine.Steps;

namespace UpgradeOps.Engine.Platforms.Compose.Steps;

/// <summary>What the steps of this platform have in common: their inputs, and how they find containers again.</summary>
internal abstract class ComposeStep(PlannedStep planned, ComposeProject project) : Step(planned)
{
    private IReadOnlyList<MovedService>? _services;

    protected ComposeProject Project { get; } = project;

    protected DockerClient Docker => Project.Docker;

    /// <summary>The services that move.</summary>
    protected IReadOnlyList<MovedService> Services => _services ??= Read<List<MovedService>>(Input(StepInputs.Services));

    /// <summary>Containers of the moved services that were not there when the plan was made: found by looking, not by remembering.</summary>
    protected async Task<IReadOnlyList<ContainerDetails>> FindNewAsync(CancellationToken cancellationToken)
    {
        var old = Services.SelectMany(s => s.Old).ToHashSet();
        var all = await Project.Containers.FindAsync(Input(StepInputs.Project), Services.Select(s => s.Name), cancellationToken).ConfigureAwait(false);
        return all.Where(c => !old.Contains(c.Id)).ToList();
    }

    /// <summary>Ends what a Compose that was killed had begun to replace.</summary>
    /// <returns>True when there was something.</returns>
    protected async Task<bool> FinishReplacingAsync(CancellationToken cancellationToken)
    {
        var old = Services.SelectMany(s => s.Old).ToHashSet();
        var all = await Project.Containers.FindAsync(Input(StepInputs.Project), Services.Select(s => s.Name), cancellationToken).ConfigureAwait(false);
        return await HalfReplaced.FinishAsync(Docker, all.Where(c => !old.Contains(c.Id)).ToList(), all, cancellationToken).ConfigureAwait(false);
    }

    /// <summary>Configuration files that are not as this operation found or left them: somebody is editing.</summary>
    protected async Task<IReadOnlyList<string>> EditedAsync(StepContext context, CancellationToken cancellationToken)
    {
        // This operation's own edits, in any order: what was missing is added first, then the version is written.
        var ours = Generated(context).Append(new(Project.Files.EnvPath, context.OutputsOf(StepKinds.Env).GetValueOrDefault(StepInputs.Sha256, ""))).ToHashSet();
        var edited = new List<string>();
        foreach (var (path, hash) in Read<Dictionary<string, string>>(OptionalInput(StepInputs.Files) ?? "{}"))
        {
            var now = await Project.Host.Files.ReadAsync(path, cancellationToken).ConfigureAwait(false);
            if (now is null || (ComposeFiles.Hash(now) is var found && found != hash && !ours.Contains(new(path, found))))
                edited.Add(path);
        }

        return edited;
    }

    /// <summary>SHA-256 of the <c>.env</c> files to which this operation added what was missing, by path.</summary>
    protected Dictionary<string, string> Generated(StepContext context) => Recorded<Dictionary<string, string>>(context.OutputsOf(GenerateSteps.Make), GenerateSteps.Hashes);

    /// <summary>Says in the result what somebody edited meanwhile: their bytes stay, and what runs was not made from them.</summary>
    protected async Task TellOfEditsAsync(StepContext context, CancellationToken cancellationToken)
    {
        var findings = (await EditedAsync(context, cancellationToken).ConfigureAwait(false)).Select(path => new Finding
        {
            Severity = FindingSeverity.Warning,
            ErrorId = ErrorIds.ConfigurationEdited,
            Target = path,
            Message = $"{path} was edited by somebody while the operation ran. The edit was left as it is; the containers that run were made without it.",
            RecommendedAction = $"Look at the edit, then apply it: docker compose --project-directory {Project.Compose.Directory} up --detach",
        }).ToList();
        if (findings.Count > 0)
            await context.RecordAsync(PlatformOutputs.Findings, EngineJson.Write(findings), cancellationToken).ConfigureAwait(false);
    }

    protected T Read<T>(string json) => EngineJson.Read<T>(json, ErrorIds.PlanDamaged, Planned.Id);

    /// <summary>What an earlier step, or this one, recorded; a new value when it did not.</summary>
    protected T Recorded<T>(IReadOnlyDictionary<string, string> outputs, string name)
        where T : new() => outputs.TryGetValue(name, out var json) ? Read<T>(json) : new T();

    /// <summary>The containers that the update made, as recorded by the step that did.</summary>
    protected IReadOnlyList<NewContainer> Made(StepContext context)
    {
        var made = context.OutputsOf(StepKinds.Create);
        return Recorded<List<NewContainer>>(made.Count > 0 ? made : context.OutputsOf(StepKinds.Recreate), StepOutputs.Containers);
    }

    /// <summary>The image ids to which the pull and the build came, by the images' names.</summary>
    protected Dictionary<string, string> Brought(StepContext context) => new([
        .. Recorded<Dictionary<string, string>>(context.OutputsOf(StepKinds.Pull), StepOutputs.Images),
        .. Recorded<Dictionary<string, string>>(context.OutputsOf(StepKinds.Build), StepOutputs.Images)]);

    /// <returns>The id of a service's new image; null when any will do.</returns>
    protected string? ImageOf(MovedService service, StepContext context) => service switch
    {
        { Digest: null, BuiltAs: null } => service.Image,
        _ => Brought(context).GetValueOrDefault(service.NewImage!)
            ?? throw new AppException(ErrorIds.ImageNotFound, $"{service.NewImage} was not {(service.BuiltAs is null ? "pulled" : "built")} in this operation.", service.NewImage),
    };

    /// <summary>Starts containers of what ran before, with the engine's orders for them as they were.</summary>
    protected async Task StartOldAsync(StepContext context, IEnumerable<ContainerDetails> containers, CancellationToken cancellationToken)
    {
        var policies = Recorded<Dictionary<string, RestartPolicy>>(context.OutputsOf(StepKinds.Stop), StepOutputs.Policies);
        foreach (var container in containers)
        {
            if (policies.TryGetValue(container.Id, out var policy))
                await Docker.SetRestartPolicyAsync(container.Id, policy, cancellationToken).ConfigureAwait(false);
            await Docker.StartAgainAsync(container.Id, cancellationToken).ConfigureAwait(false);
        }
    }
}
