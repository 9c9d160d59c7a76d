using UpgradeOps.Engine.Platforms.Compose.Builds;
using UpgradeOps.Engine.Platforms.Compose.Model;
using UpgradeOps.Engine.Platforms.Compose.Planning;

namespace UpgradeOps.Engine.Platforms.Compose.Preflight;

/// <summary>What the compose file and the running containers say about moving the services.</summary>
internal sealed class ServiceChecks(ComposeProject project, ComposeSnapshot snapshot)
{
    private string Variable => project.Compose.Variable;

    private bool Builds => project.Compose.Build is not null;

    public IEnumerable<Finding> Run() =>
    [
        .. Builds ? [] : CheckVariable(),
        .. CheckRunning(),
        .. snapshot.Moving.SelectMany(CheckService),
        .. CheckSharing(),
        .. CheckDatabases(),
        .. snapshot.Model.Warnings.Where(w => w.Contains("variable is not set", StringComparison.Ordinal)).Select(w => Findings.Warning(
            ErrorIds.ComposeInvalid,
            project.Compose.Directory,
            $"Compose says: {w}",
            $"Set the variable in {project.Files.EnvPath}: what only a person's shell sets is missing when something else runs Compose.")),
    ];

    private IEnumerable<Finding> CheckVariable()
    {
        if (snapshot.Service is { Template: null, IsBuilt: false })
        {
            yield return Findings.Blocker(
                ErrorIds.ComposeVariableMissing,
                snapshot.Service.Name,
                $"The image of {snapshot.Service.Name} is {snapshot.Service.Image ?? "not set"}: {Variable} does not decide its tag.",
                $"Write image: {project.Definition.Releases.Image}:${{{Variable}}} in the compose file.");
        }

        if (snapshot.Value is null)
        {
            var tag = snapshot.Own.Select(c => ImageIdentity.TagOf(c.Config.Image)).FirstOrDefault() ?? "<the tag that runs now>";
            yield return Findings.Blocker(
                ErrorIds.ComposeVariableMissing,
                project.Files.EnvPath,
                snapshot.Env is null ? $"There is no {project.Files.EnvPath}." : $"{project.Files.EnvPath} does not assign {Variable}.",
                $"Add a line {Variable}={tag} to it.");
        }
        else if (snapshot.Value.Contains('$', StringComparison.Ordinal) || snapshot.Value.Length == 0)
        {
            yield return Findings.Blocker(
                ErrorIds.ComposeVariableMissing,
                project.Files.EnvPath,
                $"{Variable} in {project.Files.EnvPath} is {(snapshot.Value.Length == 0 ? "empty" : "made from other variables")}: an update can only replace a tag.",
                $"Write the tag itself there.");
        }

        if (snapshot.Service.Template is { } template && project.Definition.Releases.Image is { } image && ImageIdentity.Familiar(template.Repository) != ImageIdentity.Familiar(image))
        {
            yield return Findings.Warning(
                ErrorIds.ComposeInvalid,
                snapshot.Service.Name,
                $"Releases are looked for at {image}, but the compose file uses {template.Repository}: the image is pulled from there by the same digest.",
                "Use one name in both, unless one is a mirror of the other.");
        }
    }

    private IEnumerable<Finding> CheckRunning()
    {
        if (!snapshot.Own.Any(c => c.State.Running))
            yield return Findings.Blocker(ErrorIds.NotRunning, snapshot.Service.Name, $"No container of {snapshot.Service.Name} runs.");
        foreach (var service in snapshot.Moving)
        {
            var running = snapshot.Containers.Count(c => c.ServiceName() == service.Name && c.State.Running);
            if (running > 0 && running != service.Replicas)
            {
                yield return Findings.Information(
                    ErrorIds.ComposeUnsupported,
                    service.Name,
                    $"{running} containers of {service.Name} run, while the compose file says {service.Replicas}: the new version gets {running} too.",
                    "docker compose up --scale sets another number.");
            }
        }
    }

    private IEnumerable<Finding> CheckService(ComposeService service)
    {
        if (service.IsBuilt && !Builds)
        {
            yield return Findings.Blocker(
                ErrorIds.ComposeUnsupported, service.Name, $"{service.Name} is built from source (build:), and the definition names the tag of a published image.", "Write 'build: {}' instead of 'version:' under platform.compose, and 'git:' under releases; or use a published image.");
        }

        if (Beside.Obstacle(snapshot, service.Name) is { } obstacle)
        {
            yield return Findings.Warning(
                ErrorIds.FixedContainerName,
                service.Name,
                $"{service.Name} cannot have its new container made beside the old one: {obstacle}. Compose replaces the old container, which is gone then; going back makes it anew from the recorded image and files.",
                service.ContainerName is null ? "Give the volumes names in the compose file." : "Remove container_name from the compose file.");
        }

        if (service.PullPolicy == "always" || (service.PullPolicy == "build" && !Builds))
        {
            yield return Findings.Warning(
                ErrorIds.ComposeUnsupported,
                service.Name,
                $"{service.Name} has pull_policy: {service.PullPolicy}. The update pins what it starts, but the next plain docker compose up may fetch another image.",
                "Remove pull_policy from the compose file.");
        }

        if (service.HasHooks)
            yield return Findings.Blocker(ErrorIds.ComposeUnsupported, service.Name, $"{service.Name} has post_start or pre_stop commands, which are not supported yet.");
    }

    private IEnumerable<Finding> CheckSharing() =>
        from service in snapshot.Model.Services.Values
        from shared in service.SharesWith
        where snapshot.Moving.Any(m => m.Name == shared)
        select Findings.Blocker(
            ErrorIds.ComposeUnsupported,
            service.Name,
            $"{service.Name} shares the network, processes or volumes of {shared}, whose container is replaced: that is not supported yet.");

    private IEnumerable<Finding> CheckDatabases() => Builds ? CheckChangedDatabases() : snapshot.Model.Services.Values
        .Where(s => s.UsesVariable && project.Databases.Contains(s.Name) && snapshot.Moving.All(m => m.Name != s.Name))
        .Select(s => Findings.Warning(
            ErrorIds.ComposeUnsupported,
            s.Name,
            $"The database {s.Name} uses {Variable} too. It is left alone, and the next plain docker compose up will make it anew.",
            $"Take {Variable} out of that service."));

    private IEnumerable<Finding> CheckChangedDatabases() => snapshot.Target is not { } target ? [] : project.Databases
        .Where(d => BuiltServices.IsChanged(target, d, snapshot.All))
        .Select(d => Findings.Warning(
            ErrorIds.ConfigurationDrift,
            d,
            $"The compose files that count after the update change the database {d}. It is left as it is, and the next plain docker compose up will make it anew.",
            "Look at what changes, back up, then apply it by hand: docker compose up --detach."));
}
