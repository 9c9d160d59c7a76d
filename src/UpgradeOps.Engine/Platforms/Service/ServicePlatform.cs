using System.Runtime.CompilerServices;
using System.Text;
using UpgradeOps.Engine.Apps.Definition;
using UpgradeOps.Engine.Hosts;
using UpgradeOps.Engine.Json;
using UpgradeOps.Engine.Platforms.Jobs;
using UpgradeOps.Engine.Platforms.Service.Assets;
using UpgradeOps.Engine.Platforms.Service.Steps;
using UpgradeOps.Engine.Platforms.Service.Supervisors;
using UpgradeOps.Engine.Releases.Git;
using UpgradeOps.Engine.Steps;

namespace UpgradeOps.Engine.Platforms.Service;

/// <summary>
/// An application that is one process, run from release folders: <c>releases/VERSION/</c> beside each other, a link <c>current</c>
/// to the one that is to run, <c>shared/</c> for what outlives them, <c>log/</c> and <c>run/</c>.
/// </summary>
internal sealed class ServicePlatform : IPlatform
{
    private const int EvidenceLines = 5000;

    private readonly AppDefinition definition;
    private readonly IHost host;
    private readonly TimeProvider time;
    private readonly GitRepository? repository;
    private readonly AssetSource? assets;
    private readonly ServicePaths paths;
    private readonly ReleaseFolders folders;
    private readonly ISupervisor supervisor;
    private readonly ServiceChecks checks;

    public ServicePlatform(AppDefinition definition, IHost host, TimeProvider time, GitRepository? repository = null, AssetSource? assets = null)
    {
        var service = definition.Platform.Service
            ?? throw new AppException(ErrorIds.DefinitionInvalid, $"{definition.Path}: platform.service is missing.", definition.Path);
        this.definition = definition;
        this.host = host;
        this.time = time;
        this.repository = repository;
        this.assets = assets;
        paths = new ServicePaths(service.Directory);
        folders = new ReleaseFolders(paths, host.Files);
        supervisor = SupervisorList.Open(definition, service, host, time);
        checks = new ServiceChecks(definition.Name, service, host, paths, folders, supervisor, repository, assets);
    }

    public string Prefix => ServiceSteps.Prefix;

    public async Task<Deployment> InspectAsync(CancellationToken cancellationToken)
    {
        var process = await supervisor.InspectAsync(cancellationToken).ConfigureAwait(false);
        var current = await folders.CurrentAsync(cancellationToken).ConfigureAwait(false);
        var folder = process is { IsAlive: true, ReleaseFolder.Length: > 0 } ? process.ReleaseFolder : current ?? process?.ReleaseFolder;
        var record = folder is null ? null : await folders.RecordOfAsync(folder, cancellationToken).ConfigureAwait(false);
        var name = folder is null ? null : HostPath.Name(folder);
        return new Deployment
        {
            Name = definition.Name,
            Version = record?.Version ?? name,
            Tag = record?.Tag ?? name,
            Source = record?.Source,
            Digest = record?.Digest,
            Artifact = folder,
            Instances = process is null ? [] : [await DescribeAsync(process, cancellationToken).ConfigureAwait(false)],
        };
    }

    public Task<IReadOnlyList<Finding>> CheckAsync(Deployment current, PlatformTarget target, CancellationToken cancellationToken) =>
        checks.RunAsync(target, cancellationToken);

    public async Task<IReadOnlyList<PlannedStep>> PlanAsync(Deployment current, PlatformTarget target, CancellationToken cancellationToken) =>
        ServicePlan.Make(current, target, await FolderOfAsync(target, cancellationToken).ConfigureAwait(false), repository is not null ? ServiceSteps.Export : assets is not null ? ServiceSteps.Fetch : ServiceSteps.Stage, Build);

    public IStep Create(PlannedStep planned) => planned.Kind switch
    {
        ServiceSteps.Stage => new StageStep(planned, paths, folders, host.Files),
        ServiceSteps.Export => new ExportStep(planned, paths, folders, repository, host.Files),
        ServiceSteps.Fetch => new FetchStep(planned, host, paths, folders, assets, supervisor),
        ServiceSteps.BuildKind when repository is not null && Build is { } build => new BuildStep(planned, host, paths, folders, repository, build),
        ServiceSteps.Stop => new StopStep(planned, supervisor),
        ServiceSteps.Link => new LinkStep(planned, paths, folders, host.Files),
        ServiceSteps.Start => new StartStep(planned, supervisor),
        ServiceSteps.Keep => new KeepStep(planned, paths, folders, supervisor, host.Files),
        _ => throw new AppException(ErrorIds.PlanDamaged, $"Step {planned.Id} has the kind '{planned.Kind}', which the platform 'service' does not know.", planned.Id),
    };

    public async Task<IReadOnlyDictionary<string, string>> PlanJobAsync(string? service, PlatformTarget? target, CancellationToken cancellationToken) => new Dictionary<string, string>
    {
        [ServiceSteps.Folder] = target is null
            ? (await InspectAsync(cancellationToken).ConfigureAwait(false)).Artifact
                ?? throw new AppException(ErrorIds.ReleaseNotFound, $"No release of {definition.Name} is installed: there is no link {paths.Current}.", definition.Name)
            : await FolderOfAsync(target, cancellationToken).ConfigureAwait(false),
    };

    public IJob OpenJob(string name, IReadOnlyDictionary<string, string> inputs) =>
        new ServiceJob(name, inputs[ServiceSteps.Folder], definition.Platform.Service!, paths, host, time);

    public async Task<IReadOnlyDictionary<string, byte[]>?> ReadFolderAsync(string folder, string? version, CancellationToken cancellationToken)
    {
        var release = version is not null ? paths.Release(version) : (await InspectAsync(cancellationToken).ConfigureAwait(false)).Artifact;
        return release is null ? null : await SmallFiles.ReadAsync(host.Files, HostPath.Join(release, folder), cancellationToken).ConfigureAwait(false);
    }

    public async Task<IReadOnlyDictionary<string, byte[]>?> ReadFolderAsync(string folder, string? source, Release release, CancellationToken cancellationToken)
    {
        if (repository is null || GitDigest.CommitOf(release.Digest) is not { } commit)
            return await ReadFolderAsync(folder, release.Version, cancellationToken).ConfigureAwait(false);
        var place = await FolderOfAsync(new PlatformTarget { Release = release }, cancellationToken).ConfigureAwait(false);
        if (await folders.ExistsAsync(place, cancellationToken).ConfigureAwait(false))
            return await SmallFiles.ReadAsync(host.Files, HostPath.Join(place, folder), cancellationToken).ConfigureAwait(false);

        Dictionary<string, byte[]>? found = null;
        foreach (var path in source is not null ? [source] : Build?.SourcesOf(folder) ?? [folder])
        {
            if (await repository.ReadFolderAsync(commit, path, cancellationToken).ConfigureAwait(false) is not { } files)
                continue;
            // As they are copied: of two of one name the later one counts.
            found ??= [];
            foreach (var (name, bytes) in files)
                found[name] = bytes;
        }

        return found;
    }

    public async IAsyncEnumerable<LogLine> LogsAsync(int tail, bool follow, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        await foreach (var line in supervisor.LinesAsync(tail, follow, cancellationToken).ConfigureAwait(false))
            yield return new LogLine { Name = definition.Name, Instance = definition.Name, Message = line.Text, At = line.At };
    }

    public async Task<IReadOnlyDictionary<string, byte[]>> EvidenceAsync(IReadOnlyList<string> instanceIds, CancellationToken cancellationToken)
    {
        var deployment = await InspectAsync(cancellationToken).ConfigureAwait(false);
        var evidence = new Dictionary<string, byte[]>
        {
            ["deployment.json"] = Encoding.UTF8.GetBytes(EngineJson.Write(deployment, indented: true)),
        };
        var log = new StringBuilder();
        await foreach (var line in supervisor.LinesAsync(EvidenceLines, follow: false, cancellationToken).ConfigureAwait(false))
            log.Append(line.Text).Append('\n');
        if (log.Length > 0)
            evidence["app.log"] = Encoding.UTF8.GetBytes(log.ToString());
        return evidence;
    }

    public async Task<IReadOnlyList<string>> StopWritersAsync(CancellationToken cancellationToken)
    {
        if (await supervisor.InspectAsync(cancellationToken).ConfigureAwait(false) is not { IsAlive: true } process)
            return [];
        await supervisor.StopAsync(process, cancellationToken).ConfigureAwait(false);
        return [process.Id];
    }

    public async Task StartWritersAsync(IReadOnlyList<string> instanceIds, CancellationToken cancellationToken)
    {
        if (instanceIds.Count == 0)
            return;
        var folder = await folders.CurrentAsync(cancellationToken).ConfigureAwait(false)
            ?? throw new AppException(ErrorIds.ServiceStartFailed, $"{definition.Name} cannot be started: there is no link {paths.Current}.", definition.Name);
        await supervisor.ReplaceAsync(folder, cancellationToken).ConfigureAwait(false);
    }

    public async Task PauseWritersAsync(IReadOnlyList<string> instanceIds, CancellationToken cancellationToken)
    {
        if (await supervisor.InspectAsync(cancellationToken).ConfigureAwait(false) is { IsAlive: true } process && instanceIds.Contains(process.Id))
            await supervisor.PauseAsync(process, cancellationToken).ConfigureAwait(false);
    }

    public async Task UnpauseWritersAsync(IReadOnlyList<string> instanceIds, CancellationToken cancellationToken)
    {
        if (await supervisor.InspectAsync(cancellationToken).ConfigureAwait(false) is { IsAlive: true } process && instanceIds.Contains(process.Id))
            await supervisor.UnpauseAsync(process, cancellationToken).ConfigureAwait(false);
    }

    public ValueTask DisposeAsync() => ValueTask.CompletedTask;

    private async Task<string> FolderOfAsync(PlatformTarget target, CancellationToken cancellationToken) => target.RecordedArtifact
        ?? await folders.PlaceOfAsync(target.Release.Version, target.Release.Digest ?? "", cancellationToken, Build?.Hash()).ConfigureAwait(false);

    private BuildDefinition? Build => definition.Platform.Service!.Build;

    private async Task<Instance> DescribeAsync(ServiceProcess process, CancellationToken cancellationToken) => new()
    {
        Id = process.Id,
        DisplayName = definition.Name,
        State = process.State,
        StartedAt = process.Life ?? process.StartTime.ToString(System.Globalization.CultureInfo.InvariantCulture),
        RestartCount = process.RestartCount,
        ExitCode = process.ExitCode,
        Artifact = process.ReleaseFolder.Length > 0 ? process.ReleaseFolder : null,
        Endpoints = process.IsAlive ? await supervisor.EndpointsAsync(process, cancellationToken).ConfigureAwait(false) : [],
    };
}
