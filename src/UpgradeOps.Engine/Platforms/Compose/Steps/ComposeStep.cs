using UpgradeOps.Engine.Docker;
using UpgradeOps.Engine.Json;
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

    /// <summary>The image ids to which the pull came, by <c>repository@digest</c>.</summary>
    protected Dictionary<string, string> Pulled(StepContext context) =>
        Recorded<Dictionary<string, string>>(context.OutputsOf(StepKinds.Pull), StepOutputs.Images);

    /// <returns>The id of a service's new image; null when any will do.</returns>
    protected string? ImageOf(MovedService service, StepContext context) => service switch
    {
        { Digest: null } => service.Image,
        _ => Pulled(context).GetValueOrDefault(service.NewImage!)
            ?? throw new AppException(ErrorIds.ImageNotFound, $"{service.NewImage} was not pulled in this operation.", service.NewImage),
    };

    /// <summary>Starts containers of what ran before, with the engine's orders for them as they were.</summary>
    protected async Task StartOldAsync(StepContext context, IEnumerable<ContainerDetails> containers, CancellationToken cancellationToken)
    {
        var policies = Recorded<Dictionary<string, RestartPolicy>>(context.OutputsOf(StepKinds.Stop), StepOutputs.Policies);
        foreach (var container in containers)
        {
            if (policies.TryGetValue(container.Id, out var policy))
                await Docker.SetRestartPolicyAsync(container.Id, policy, cancellationToken).ConfigureAwait(false);
            await Docker.StartContainerAsync(container.Id, cancellationToken).ConfigureAwait(false);
        }
    }
}
