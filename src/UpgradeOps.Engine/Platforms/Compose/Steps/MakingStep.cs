using UpgradeOps.Engine.Docker;
using UpgradeOps.Engine.Json;
using UpgradeOps.Engine.Steps;

namespace UpgradeOps.Engine.Platforms.Compose.Steps;

/// <summary>What the two ways of making new containers have in common: proof that they are the right ones, and their record.</summary>
internal abstract class MakingStep(PlannedStep planned, ComposeProject project) : ComposeStep(planned, project)
{
    private const int Tries = 3;

    /// <summary>The engine's words.</summary>
    private const string NameTaken = "is already in use by container";

    /// <summary>True when every service has all its new containers.</summary>
    protected bool IsWhole(IReadOnlyList<ContainerDetails> found) =>
        Services.All(s => found.Count(c => c.ServiceName() == s.Name) >= s.Count);

    /// <summary>Those that were made but not recorded: whoever made them was killed, perhaps in the middle.</summary>
    protected IReadOnlyList<ContainerDetails> Unrecorded(IReadOnlyList<ContainerDetails> found, StepContext context)
    {
        var known = Recorded<List<NewContainer>>(context.Outputs, StepOutputs.Containers).Select(c => c.Id).ToHashSet();
        return found.Where(c => !known.Contains(c.Id)).ToList();
    }

    /// <summary>Those that lack a network: a Compose that was killed made them, and its engine came late.</summary>
    protected IReadOnlyList<ContainerDetails> Unconnected(IReadOnlyList<ContainerDetails> found) =>
        [.. found.Where(c => Services.Any(s => s.Name == c.ServiceName() && Connections.Missing(c, s.Networks).Count > 0))];

    /// <summary>True when they are on record and wait for their start.</summary>
    protected bool IsAdopted(IReadOnlyList<ContainerDetails> found, StepContext context) =>
        Unrecorded(found, context).Count == 0 && found.All(c => c.HostConfig.RestartPolicy is not { Restarts: true });

    /// <summary>
    /// Checks and records the new containers. Until its start the engine must not start one by itself: it would, when it is restarted
    /// meanwhile, and both versions would write.
    /// </summary>
    protected async Task AdoptAsync(IReadOnlyList<ContainerDetails> found, StepContext context, CancellationToken cancellationToken)
    {
        foreach (var service in Services)
            Check(service, found.Where(c => c.ServiceName() == service.Name).ToList(), ImageOf(service, context));

        var known = Recorded<List<NewContainer>>(context.Outputs, StepOutputs.Containers).ToDictionary(c => c.Id);
        var made = found
            .Select(c => known.GetValueOrDefault(c.Id) ?? new NewContainer(c.Id, c.ServiceName(), c.HostConfig.RestartPolicy ?? RestartPolicy.None))
            .ToList();
        await context.RecordAsync(StepOutputs.Containers, EngineJson.Write(made), cancellationToken).ConfigureAwait(false);
        foreach (var container in found.Where(c => c.HostConfig.RestartPolicy is { Restarts: true }))
            await Docker.SetRestartPolicyAsync(container.Id, RestartPolicy.None, cancellationToken).ConfigureAwait(false);
    }

    /// <summary>What Compose makes must come from the files that the plan was made from: anything else was never checked, nor could it be told apart from the release.</summary>
    protected async Task RequireUneditedAsync(StepContext context, CancellationToken cancellationToken)
    {
        if (await EditedAsync(context, cancellationToken).ConfigureAwait(false) is { Count: > 0 } edited)
        {
            throw new AppException(
                ErrorIds.ConfigurationEdited,
                $"{string.Join(" and ", edited)} was edited by somebody after the plan was made. The edit was left as it is.",
                edited[0],
                "Look at the edit, then run the same command again: its plan is made from the files as they are now.");
        }
    }

    /// <summary>What a killed Compose asked of the engine may come true while the next one works: then that one is asked again.</summary>
    /// <param name="make">Makes what is missing and tells what is there.</param>
    protected async Task<IReadOnlyList<ContainerDetails>> UntilConnectedAsync(Func<Task<IReadOnlyList<ContainerDetails>>> make)
    {
        for (var left = Tries; ; left--)
        {
            try
            {
                var found = await make().ConfigureAwait(false);
                if (left == 1 || Unconnected(found).Count == 0)
                    return found;
            }
            catch (AppException e) when (left > 1 && e.ErrorId == ErrorIds.ComposeCommandFailed && e.Message.Contains(NameTaken, StringComparison.OrdinalIgnoreCase))
            {
                // Its name was given to the one that came late.
            }
        }
    }

    /// <summary>
    /// Once more when the engine was lost in the middle of Compose: whoever looks at the containers next waits for it, and what Compose left
    /// half made is on nobody's record.
    /// </summary>
    protected static async Task TwiceAsync(Func<Task> make)
    {
        try
        {
            await make().ConfigureAwait(false);
        }
        catch (AppException e) when (e.ErrorId == ErrorIds.EngineUnreachable)
        {
            await make().ConfigureAwait(false);
        }
    }

    private static void Check(MovedService service, IReadOnlyList<ContainerDetails> made, string? image)
    {
        if (made.Count != service.Count)
        {
            throw new AppException(
                ErrorIds.ComposeCommandFailed, $"Compose was to make {service.Count} containers of {service.Name}, and {made.Count} are there.", service.Name);
        }

        foreach (var wrong in made.Where(c => image is not null && c.Image != image))
        {
            throw new AppException(
                ErrorIds.ComposeCommandFailed, $"Compose made {wrong.DisplayName} from {wrong.Image}, not from {image}, which was chosen.", service.Name);
        }

        foreach (var half in made)
        {
            if (Connections.Missing(half, service.Networks) is { Count: > 0 } missing)
            {
                throw new AppException(
                    ErrorIds.ComposeCommandFailed,
                    $"Compose made {half.DisplayName} without connecting it to {string.Join(" and ", missing)}.",
                    service.Name,
                    "Look whether the networks are there (docker network ls), then run the same command again.");
            }
        }
    }
}
