using UpgradeOps.Engine.Docker;
using UpgradeOps.Engine.Platforms.Compose.Steps;
using UpgradeOps.Engine.Steps;

namespace UpgradeOps.Engine.Platforms.Compose.Scratch;

/// <summary>Holds the copy's images against <c>docker image prune -a</c> until it is removed, as <see cref="HoldStep"/> holds an update's.</summary>
internal sealed class ScratchHoldStep(PlannedStep planned, ComposeProject project, ScratchNames names) : ComposeStep(planned, project)
{
    public override async Task DoAsync(StepContext context, CancellationToken cancellationToken)
    {
        foreach (var image in Services.Select(s => s.NewImage ?? s.Reference).Distinct())
            await Docker.CreateContainerAsync(null, Spec(image), cancellationToken).ConfigureAwait(false);
    }

    private ContainerSpec Spec(string image) => new()
    {
        Image = image,
        Entrypoint = ["upgradeops-hold"],
        Cmd = [],
        Labels = new Dictionary<string, string>(names.Labels) { [ContainerLabels.Hold] = image, [ContainerLabels.Project] = "", [ContainerLabels.Service] = "" },
        HostConfig = new ContainerHostSpec { NetworkMode = "none" },
    };
}
