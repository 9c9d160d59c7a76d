using UpgradeOps.Engine.Apps.Definition;
using UpgradeOps.Engine.Hosts;
using UpgradeOps.Engine.Releases.Git;

namespace UpgradeOps.Engine.Platforms.Service;

/// <summary>The steps from what runs to a target.</summary>
internal static class ServicePlan
{
    /// <param name="folder">The release folder that will run.</param>
    /// <param name="stage">How a release becomes a folder: the kind of the step that copies, exports or fetches it.</param>
    /// <param name="build">How a folder is made of it; null when its files are one.</param>
    public static IReadOnlyList<PlannedStep> Make(Deployment current, PlatformTarget target, string folder, string stage, BuildDefinition? build = null)
    {
        var release = target.Release;
        var name = HostPath.Name(folder);
        var inputs = new Dictionary<string, string> { [ServiceSteps.Folder] = folder };
        var steps = new List<PlannedStep>();
        if (!target.IsRecorded)
        {
            steps.Add((build, stage) switch
            {
                ({ } declared, _) => Build(release, folder, name, declared),
                (_, ServiceSteps.Export) => Export(release, folder, name),
                (_, ServiceSteps.Fetch) => Fetch(release, folder, name),
                _ => Stage(release, folder, name),
            });
        }

        steps.Add(Switch(ServiceSteps.Stop, $"Stop {current.Version ?? "what runs"}") with { StopsOld = true });
        steps.Add(Switch(ServiceSteps.Link, $"Point current to {name}") with { Inputs = inputs });
        steps.Add(Switch(ServiceSteps.Start, $"Start {name}") with { Inputs = inputs, StartsNew = true });
        steps.Add(new PlannedStep
        {
            Id = Id(ServiceSteps.Keep),
            Kind = ServiceSteps.Keep,
            Phase = StepPhase.Keep,
            Description = $"Keep the last {Steps.KeepStep.Kept} releases, always the one before, and remove older ones",
            Reversibility = Reversibility.Irreversible,
            Inputs = current.Artifact is { } previous
                ? new Dictionary<string, string>(inputs) { [ServiceSteps.Previous] = previous }
                : inputs,
        });
        return steps;
    }

    private static PlannedStep Stage(Release release, string folder, string name)
    {
        var inputs = Inputs(release, folder);
        inputs[ServiceSteps.From] = HostPath.Join(release.Source, release.Tag);
        return Bring(ServiceSteps.Stage, $"Copy release {release.Version} to releases/{name} and verify its digest", inputs);
    }

    private static PlannedStep Export(Release release, string folder, string name) => Bring(
        ServiceSteps.Export,
        $"Write commit {GitDigest.CommitOf(release.Digest)?[..12]} of {release.Source} to releases/{name}",
        Inputs(release, folder));

    private static PlannedStep Fetch(Release release, string folder, string name) => Bring(
        ServiceSteps.Fetch,
        $"Download release {release.Version} of {release.Source}, verify it by {release.Digest?.Split(':')[0]}, and unpack it into releases/{name}",
        Inputs(release, folder));

    private static PlannedStep Build(Release release, string folder, string name, BuildDefinition build)
    {
        var inputs = Inputs(release, folder);
        inputs[ServiceSteps.Build] = build.Hash();
        return Bring(ServiceSteps.BuildKind, $"Build commit {GitDigest.CommitOf(release.Digest)?[..12]} of {release.Source} into releases/{name} ({build.Steps.Count} step{(build.Steps.Count == 1 ? "" : "s")})", inputs);
    }

    private static PlannedStep Bring(string kind, string description, Dictionary<string, string> inputs) => new()
    {
        Id = Id(kind),
        Kind = kind,
        Phase = StepPhase.Stage,
        Description = description,
        Reversibility = Reversibility.Additive,
        Repeatable = Repeatability.Observable,
        Interruptible = true,
        Inputs = inputs,
    };

    private static Dictionary<string, string> Inputs(Release release, string folder) => new()
    {
        [ServiceSteps.Folder] = folder,
        [ServiceSteps.Version] = release.Version,
        [ServiceSteps.Tag] = release.Tag,
        [ServiceSteps.Source] = release.Source,
        [ServiceSteps.Digest] = release.Digest
            ?? throw new AppException(ErrorIds.PlanDamaged, $"Release {release.Version} has no digest: it was listed, not resolved.", release.Name),
    };

    private static PlannedStep Switch(string kind, string description) => new()
    {
        Id = Id(kind),
        Kind = kind,
        Phase = StepPhase.Switch,
        Description = description,
        Reversibility = Reversibility.Reversible,
        Repeatable = Repeatability.Observable,
        CausesOutage = true,
    };

    private static string Id(string kind) => $"main/{kind}#1";
}
