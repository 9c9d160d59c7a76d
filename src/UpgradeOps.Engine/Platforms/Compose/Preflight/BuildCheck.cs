using UpgradeOps.Engine.Hosts;
using UpgradeOps.Engine.Platforms.Compose.Builds;
using UpgradeOps.Engine.Platforms.Compose.Model;
using UpgradeOps.Engine.Releases.Git;

namespace UpgradeOps.Engine.Platforms.Compose.Preflight;

/// <summary>Whether what a commit's compose files ask for can be built and put in the place of what runs, without losing anything.</summary>
internal sealed class BuildCheck(ComposeProject project, ComposeSnapshot snapshot, string commit)
{
    private string Short => commit[..12];

    public async Task<IReadOnlyList<Finding>> RunAsync(CancellationToken cancellationToken)
    {
        var findings = new List<Finding>([.. snapshot.Target!.Findings, .. CheckProject(), .. CheckVolumes(), .. CheckOthers()]);
        if (!snapshot.Service.IsBuilt && snapshot.Model.Built().All(s => s.Name != snapshot.Service.Name))
            findings.Add(Findings.Blocker(ErrorIds.ComposeUnsupported, snapshot.Service.Name, $"{snapshot.Service.Name} is not built: it has no build: in the compose file of commit {Short}.", "Name a service that is built in platform.compose.service, or use platform.compose.version for a published image."));
        foreach (var service in snapshot.Model.Services.Values.Where(s => s.IsBuilt).OrderBy(s => s.Name, StringComparer.Ordinal))
        {
            if (await CheckFilesAsync(service, service.Build!, cancellationToken).ConfigureAwait(false) is { } missing)
                findings.Add(missing);
        }

        return findings;
    }

    /// <summary>Volumes are called by the project: under another name it would begin with empty ones.</summary>
    private IEnumerable<Finding> CheckProject()
    {
        if (snapshot.Model.Project != snapshot.Live.Project)
        {
            yield return Findings.Blocker(
                ErrorIds.ComposeUnsupported, project.Compose.Directory, $"The project is {snapshot.Live.Project}, and the compose file of commit {Short} calls it {snapshot.Model.Project}: its volumes would be others, and empty.", $"Write 'project: {snapshot.Live.Project}' under platform.compose in the definition.");
        }
    }

    private IEnumerable<Finding> CheckVolumes()
    {
        var wanted = snapshot.Model.Services.Values.SelectMany(s => s.Volumes).ToHashSet();
        return
            from service in snapshot.Moving
            where snapshot.Live.Services.ContainsKey(service.Name)
            from volume in snapshot.Live.Services[service.Name].Volumes
            where !wanted.Contains(volume)
            select Findings.Blocker(
                ErrorIds.ComposeUnsupported,
                service.Name,
                $"{service.Name} keeps its data in the volume {volume}, which no service mounts any more by the compose file of commit {Short}: the new version would not see it.",
                "Move the data first, or mount the volume in docker-compose.override.yml.");
    }

    private IEnumerable<Finding> CheckOthers()
    {
        foreach (var gone in snapshot.Live.Services.Keys.Except(snapshot.Model.Services.Keys).Order(StringComparer.Ordinal))
            yield return Findings.Information(ErrorIds.ConfigurationDrift, gone, $"{gone} is no service any more by the compose file of commit {Short}: its container is left as it is.", "docker compose up --detach --remove-orphans removes it.");
    }

    private async Task<Finding?> CheckFilesAsync(ComposeService service, ComposeServiceBuild build, CancellationToken cancellationToken)
    {
        var path = BuildFile.Plain(build.Context);
        if (BuildFile.IsElsewhere(path))
            return null;
        if (TreePlace.Of(project.Compose, path) is not { } context)
            return Findings.Blocker(ErrorIds.BuildFileMissing, service.Name, $"{service.Name} is built of {path}, which is not in the repository: nothing tells which commit that is.");
        var kind = await KindAsync(context, cancellationToken).ConfigureAwait(false);
        if (kind == GitKind.Submodule)
            return null;
        if (kind != GitKind.Folder)
            return Findings.Blocker(ErrorIds.BuildFileMissing, service.Name, $"{service.Name} is built of {Shown(context)}, and commit {Short} has no such folder.");
        if (build.Dockerfile is null)
            return null;
        var place = TreePlace.Of(project.Compose, HostPath.Absolute(BuildFile.Plain(build.Dockerfile), path));
        return place is not null && await KindAsync(place, cancellationToken).ConfigureAwait(false) == GitKind.Nothing && !await IsWithinSubmoduleAsync(place, cancellationToken).ConfigureAwait(false)
            ? Findings.Blocker(ErrorIds.BuildFileMissing, service.Name, $"{service.Name} is built by {place}, and commit {Short} has no such file.")
            : null;
    }

    private async Task<bool> IsWithinSubmoduleAsync(string path, CancellationToken cancellationToken)
    {
        for (var slash = path.LastIndexOf('/'); slash > 0; slash = path.LastIndexOf('/', slash - 1))
        {
            if (await KindAsync(path[..slash], cancellationToken).ConfigureAwait(false) == GitKind.Submodule)
                return true;
        }

        return false;
    }

    private Task<GitKind> KindAsync(string path, CancellationToken cancellationToken) => project.Repository!.KindAsync(commit, path, cancellationToken);

    private static string Shown(string path) => path == "." ? "its root" : path;
}
