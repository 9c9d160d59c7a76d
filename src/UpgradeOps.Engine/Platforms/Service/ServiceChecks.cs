using UpgradeOps.Engine.Apps.Definition;
using UpgradeOps.Engine.Archives;
using UpgradeOps.Engine.Hosts;
using UpgradeOps.Engine.Hosts.Local;
using UpgradeOps.Engine.Platforms.Service.Assets;
using UpgradeOps.Engine.Platforms.Service.Builds;
using UpgradeOps.Engine.Platforms.Service.Supervisors;
using UpgradeOps.Engine.Releases.Git;

namespace UpgradeOps.Engine.Platforms.Service;

/// <summary>What would make a change to a target fail, found out by looking.</summary>
internal sealed class ServiceChecks(
    string appName, ServiceDefinition service, IHost host, ServicePaths paths, ReleaseFolders folders, ISupervisor supervisor, GitRepository? repository, AssetSource? assets)
{
    /// <summary>Room for logs, records and the file system's own needs beside the copy.</summary>
    private const long Spare = 16 << 20;

    public async Task<IReadOnlyList<Finding>> RunAsync(PlatformTarget target, CancellationToken cancellationToken)
    {
        var findings = new List<Finding>();
        findings.AddRange(await supervisor.CheckAsync(cancellationToken).ConfigureAwait(false));
        if (findings.Any(f => f.Severity == FindingSeverity.Blocker))
            return findings;
        if (!await HostCommands.IsWritableFolderAsync(host, paths.Directory, cancellationToken).ConfigureAwait(false))
        {
            findings.Add(ServiceFindings.Blocker(
                ErrorIds.HostFileFailed, paths.Directory, $"The folder {paths.Directory} of {appName} does not exist or is not writable for this user."));
        }

        if (!target.IsRecorded && repository is not null)
        {
            if (!findings.Any(f => f.Severity == FindingSeverity.Blocker))
                findings.AddRange(await CheckRoomAsync("", target.Release, cancellationToken).ConfigureAwait(false));
            findings.AddRange(await CheckBuildAsync(cancellationToken).ConfigureAwait(false));
            findings.AddRange(await CheckCommandInCommitAsync(target.Release, cancellationToken).ConfigureAwait(false));
            return findings;
        }

        if (!target.IsRecorded && assets is not null)
        {
            if (!findings.Any(f => f.Severity == FindingSeverity.Blocker))
                findings.AddRange(await CheckRoomAsync("", target.Release, cancellationToken).ConfigureAwait(false));
            findings.AddRange(await CheckUnpackingAsync(assets, cancellationToken).ConfigureAwait(false));
            if (await supervisor.ProgramAsync(cancellationToken).ConfigureAwait(false) is { IsInRelease: false })
                findings.AddRange(await CheckCommandAsync("/", cancellationToken).ConfigureAwait(false));
            return findings;
        }

        var folder = target.RecordedArtifact ?? HostPath.Join(target.Release.Source, target.Release.Tag);
        if (!await folders.ExistsAsync(folder, cancellationToken).ConfigureAwait(false))
        {
            findings.Add(ServiceFindings.Blocker(ErrorIds.ReleaseNotFound, folder, $"The release folder {folder} is not there."));
            return findings;
        }

        findings.AddRange(target.IsRecorded
            ? await CheckRecordedAsync(folder, cancellationToken).ConfigureAwait(false)
            : await CheckRoomAsync(folder, target.Release, cancellationToken).ConfigureAwait(false));
        findings.AddRange(await CheckCommandAsync(folder, cancellationToken).ConfigureAwait(false));
        return findings;
    }

    /// <summary>Going back to a folder that was changed meanwhile would not be going back.</summary>
    private async Task<IReadOnlyList<Finding>> CheckRecordedAsync(string folder, CancellationToken cancellationToken)
    {
        if (await folders.RecordOfAsync(folder, cancellationToken).ConfigureAwait(false) is not { } record)
            return [];
        var content = await FolderDigest.ComputeAsync(host.Files, folder, cancellationToken).ConfigureAwait(false);
        var installed = record.Content ?? record.Digest;
        return content.Digest == installed
            ? []
            : [ServiceFindings.Blocker(ErrorIds.DigestMismatch, folder, $"{folder} was changed since release {record.Version} was installed there: its digest is {content.Digest}, it was {installed}.")];
    }

    private async Task<IReadOnlyList<Finding>> CheckRoomAsync(string folder, Release release, CancellationToken cancellationToken)
    {
        // An archive stands beside what is made of it, unless it is taken by another machine; what is made of it is hardly smaller.
        var size = release.SizeBytes is { } told ? (assets is { Downloads: null } ? told * 2 : told) : (await FolderDigest.ComputeAsync(host.Files, folder, cancellationToken).ConfigureAwait(false)).SizeBytes;
        var free = await host.Files.FreeSpaceAsync(paths.Releases, cancellationToken).ConfigureAwait(false);
        return free >= size + Spare
            ? []
            : [ServiceFindings.Blocker(ErrorIds.DiskTooFull, paths.Releases, $"Release {release.Version} needs {size + Spare} bytes below {paths.Releases}, where {free} are free.")];
    }

    /// <summary>What is in an archive nobody knows before it is here; what unpacks it must be.</summary>
    private async Task<IReadOnlyList<Finding>> CheckUnpackingAsync(AssetSource source, CancellationToken cancellationToken)
    {
        var findings = new List<Finding>();
        if (!await HostCommands.ExistsAsync(host, "tar", cancellationToken).ConfigureAwait(false))
            findings.Add(ServiceFindings.Blocker(ErrorIds.HostCommandMissing, appName, $"There is no command tar on {host.Address}, with which releases of {source.Assets.Name} would be unpacked."));
        if (ArchiveKinds.Of(source.Assets.Definition.Asset) == ArchiveKind.TarZstd && CommandFinder.Find("zstd", Environment.GetEnvironmentVariable("PATH")) is null)
            findings.Add(ServiceFindings.Blocker(ErrorIds.HostCommandMissing, appName, $"There is no command zstd on this machine, with which {source.Assets.Definition.Asset} would be unpacked."));
        return findings;
    }

    private async Task<IReadOnlyList<Finding>> CheckCommandInCommitAsync(Release release, CancellationToken cancellationToken)
    {
        // What a build will have made, nobody knows before.
        var program = await supervisor.ProgramAsync(cancellationToken).ConfigureAwait(false);
        if (program is null || (program.IsInRelease && service.Build is not null))
            return [];
        if (!program.IsInRelease)
            return await CheckCommandAsync("/", cancellationToken).ConfigureAwait(false);
        var file = HostPath.Absolute(program.Path, "/")[1..];
        return GitDigest.CommitOf(release.Digest) is not { } commit || await repository!.HoldsAsync(commit, file, cancellationToken).ConfigureAwait(false)
            ? []
            : [ServiceFindings.Blocker(ErrorIds.HostCommandMissing, appName, $"Release {release.Version} of {release.Source} has no file {file}, with which {program.Source} would start {appName}.")];
    }

    private async Task<IReadOnlyList<Finding>> CheckBuildAsync(CancellationToken cancellationToken)
    {
        var findings = new List<Finding>();
        foreach (var program in (service.Build?.Steps ?? []).Select(s => s.Run[0]).Where(p => HostPath.IsPosix(p) || !p.Contains('/', StringComparison.Ordinal)).Distinct())
        {
            // A build's own PATH may lead to where we do not look.
            if (service.Build!.Steps.All(s => !s.Environment.ContainsKey("PATH")) && !service.Build.Environment.ContainsKey("PATH") && !await HostCommands.ExistsAsync(host, program, cancellationToken).ConfigureAwait(false))
                findings.Add(ServiceFindings.Blocker(ErrorIds.HostCommandMissing, appName, $"There is no command {program} on {host.Address}, with which platform.service.build would build {appName}."));
        }

        if (service.Build?.Owner is { } owner && await host.RunAsync(BuildScripts.MayGive(owner), cancellationToken).ConfigureAwait(false) is { Succeeded: false } refused)
            findings.Add(ServiceFindings.Blocker(ErrorIds.BuildOwnerForbidden, appName, $"Files cannot be given to {owner} on {host.Address}: {GitText.Line(refused.Error.Trim())}"));
        return findings;
    }

    private async Task<IReadOnlyList<Finding>> CheckCommandAsync(string folder, CancellationToken cancellationToken)
    {
        if (await supervisor.ProgramAsync(cancellationToken).ConfigureAwait(false) is not { } program)
            return [];
        var file = program.IsInRelease ? HostPath.Absolute(program.Path, folder) : program.Path;
        return await HostCommands.ExistsAsync(host, file, cancellationToken).ConfigureAwait(false)
            ? []
            : [ServiceFindings.Blocker(ErrorIds.HostCommandMissing, appName, $"There is no command {file} on {host.Address}, with which {program.Source} would start {appName}.")];
    }
}
