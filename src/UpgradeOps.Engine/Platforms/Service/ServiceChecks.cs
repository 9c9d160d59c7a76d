using UpgradeOps.Engine.Apps.Definition;
using UpgradeOps.Engine.Hosts;
using UpgradeOps.Engine.Platforms.Service.Supervisors;

namespace UpgradeOps.Engine.Platforms.Service;

/// <summary>What would make a change to a target fail, found out by looking.</summary>
internal sealed class ServiceChecks(
    string appName, ServiceDefinition service, IHost host, ServicePaths paths, ReleaseFolders folders, ISupervisor supervisor)
{
    /// <summary>Room for logs, records and the file system's own needs beside the copy.</summary>
    private const long Spare = 16 << 20;

    public async Task<IReadOnlyList<Finding>> RunAsync(PlatformTarget target, CancellationToken cancellationToken)
    {
        var findings = new List<Finding>();
        findings.AddRange(await supervisor.CheckAsync(cancellationToken).ConfigureAwait(false));
        if (!await HostCommands.IsWritableFolderAsync(host, paths.Directory, cancellationToken).ConfigureAwait(false))
        {
            findings.Add(ServiceFindings.Blocker(
                ErrorIds.HostFileFailed, paths.Directory, $"The folder {paths.Directory} of {appName} does not exist or is not writable for this user."));
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
        return content.Digest == record.Digest
            ? []
            : [ServiceFindings.Blocker(ErrorIds.DigestMismatch, folder, $"{folder} was changed since release {record.Version} was installed there: its digest is {content.Digest}, it was {record.Digest}.")];
    }

    private async Task<IReadOnlyList<Finding>> CheckRoomAsync(string folder, Release release, CancellationToken cancellationToken)
    {
        var size = release.SizeBytes ?? (await FolderDigest.ComputeAsync(host.Files, folder, cancellationToken).ConfigureAwait(false)).SizeBytes;
        var free = await host.Files.FreeSpaceAsync(paths.Releases, cancellationToken).ConfigureAwait(false);
        return free >= size + Spare
            ? []
            : [ServiceFindings.Blocker(ErrorIds.DiskTooFull, paths.Releases, $"Release {release.Version} needs {size + Spare} bytes below {paths.Releases}, where {free} are free.")];
    }

    private async Task<IReadOnlyList<Finding>> CheckCommandAsync(string folder, CancellationToken cancellationToken)
    {
        var command = service.Command[0];
        var isInRelease = command.Contains('/', StringComparison.Ordinal) && !HostPath.IsPosix(command);
        var file = isInRelease ? HostPath.Absolute(command, folder) : command;
        return await HostCommands.ExistsAsync(host, file, cancellationToken).ConfigureAwait(false)
            ? []
            : [ServiceFindings.Blocker(ErrorIds.HostCommandMissing, appName, $"There is no command {file} on {host.Address}, with which platform.service.command would start {appName}.")];
    }
}
