using UpgradeOps.Engine.Apps.Definition;
using UpgradeOps.Engine.Apps.Secrets;
using UpgradeOps.Engine.Backups.Folders;
using UpgradeOps.Engine.Backups.Format;
using UpgradeOps.Engine.Backups.Proof;
using UpgradeOps.Engine.Backups.Restore;
using UpgradeOps.Engine.Backups.Sources;
using UpgradeOps.Engine.Backups.Stores;
using UpgradeOps.Engine.Backups.Streams;
using UpgradeOps.Engine.Backups.Volumes;
using UpgradeOps.Engine.Databases;
using UpgradeOps.Engine.Docker;
using UpgradeOps.Engine.Hosts;
using UpgradeOps.Engine.Hosts.Local;
using UpgradeOps.Engine.Steps;

namespace UpgradeOps.Engine.Backups;

/// <summary>The backups of one application: what the definition declares, in a folder of this machine, wherever the application runs.</summary>
internal sealed class BackupRoom : IBackups
{
    private readonly AppDefinition _definition;
    private readonly IReadOnlyDictionary<string, IDatabase> _databases;
    private readonly BackupStores _stores;
    private readonly TimeProvider _time;
    private readonly BackupMaker _maker;
    private readonly SourceList _sources;
    private readonly RestoreParts _parts;
    private readonly RemoteCopies? _copies;
    private readonly LocalCopies? _kept;

    /// <param name="docker">Called when a volume is worked on, and only then.</param>
    /// <param name="folder">Absolute; made when the first backup is.</param>
    /// <param name="dial">Connects from the application's host; null where that is this machine.</param>
    public BackupRoom(
        AppDefinition definition, IHost host, IReadOnlyDictionary<string, IDatabase> databases, Func<DockerClient> docker, string folder, TimeProvider time, IWriters? writers = null,
        ISecretResolver? secrets = null, IRemoteStore? remote = null, IFolders? folders = null, Dial? dial = null)
        : this(
            definition, host, databases, () => new DockerVolumes(docker(), definition.Name, definition.Platform.Compose?.Directory), folder, time, packing: null, writers, secrets,
            remote, folders, dial)
    {
    }

    public BackupRoom(
        AppDefinition definition, IHost host, IReadOnlyDictionary<string, IDatabase> databases, Func<IVolumes> volumes, string folder, TimeProvider time,
        Packing? packing = null, IWriters? writers = null, ISecretResolver? secrets = null, IRemoteStore? remote = null, IFolders? folders = null, Dial? dial = null)
    {
        _definition = definition;
        _databases = databases;
        var working = new FolderBackupStore(folder, packing);
        _stores = new BackupStores(working, remote);
        _copies = remote is null ? null : new RemoteCopies(working, remote);
        if (remote is not null && definition.Store?.KeepLocal is { } keep)
            _kept = new LocalCopies(working, remote, _copies!, keep);
        _time = time;
        _maker = new BackupMaker(definition, working, host.Address == LocalHost.Name ? host : new LocalHost(), time);
        _sources = new SourceList(definition, host, databases, volumes, secrets, folders, dial);
        _parts = new RestoreParts(definition, host, databases, volumes, working, this, _sources.BaseFolder, writers, secrets) { Folders = folders ?? new LocalFolders(), Dial = dial };
    }

    public string Prefix => "backup";

    public bool Declared => _definition.Backups.Count > 0;

    public CopyTime Copies => _copies is null ? CopyTime.Never : _definition.Store is { Required: false } ? CopyTime.Last : CopyTime.First;

    public async Task<bool> HasDataAsync(CancellationToken cancellationToken)
    {
        foreach (var source in _sources.Make())
        {
            if (!await source.IsAbsentAsync(cancellationToken).ConfigureAwait(false))
                return true;
        }

        return false;
    }

    public IStep Create(PlannedStep planned) => RestoreSteps.Create(planned, _parts);

    public async Task<IReadOnlyList<Finding>> CheckAsync(CancellationToken cancellationToken)
    {
        if (!Declared)
        {
            return
            [
                Findings.Make(
                    FindingSeverity.Warning, ErrorIds.BackupNothingDeclared, _definition.Name,
                    $"The definition of {_definition.Name} declares nothing under backups:, so an update cannot bring data back."),
            ];
        }

        var findings = new List<Finding>();
        var sources = _sources.Make();
        foreach (var source in sources)
            findings.AddRange(await source.CheckAsync(cancellationToken).ConfigureAwait(false));
        findings.AddRange((await _stores.ListAsync(everywhere: true, cancellationToken).ConfigureAwait(false)).Findings.Select(Weigh));
        if (findings.Any(f => f.Severity == FindingSeverity.Blocker))
            return findings;
        var needed = await BackupMaker.EstimateAsync(sources, cancellationToken).ConfigureAwait(false);
        if (await _maker.RoomProblemAsync(needed, cancellationToken).ConfigureAwait(false) is { } full)
            findings.Add(Findings.Blocker(full.Error, _stores.Working.Folder));
        return findings;
    }

    public async Task<Backup> CreateAsync(BackupRequest request, CancellationToken cancellationToken)
    {
        _copies?.Owe(request.BackupId);
        var manifest = await _maker.MakeAsync(_sources.Make(), request, cancellationToken).ConfigureAwait(false);
        return new StoredBackup(manifest, [_stores.Working]).ToBackup();
    }

    public async Task<IReadOnlyList<Finding>> UploadAsync(string backupId, bool others, Action<string, long, long?> progress, CancellationToken cancellationToken)
    {
        if (_copies is null)
            return [];
        await _copies.UploadAsync(backupId, (done, total) => progress($"Copying to {_stores.Remote!.Name}", done, total), cancellationToken).ConfigureAwait(false);
        return others
            ? await _copies.SettleAsync((id, done, total) => progress($"Copying {id} to {_stores.Remote!.Name}", done, total), cancellationToken).ConfigureAwait(false)
            : [];
    }

    public async Task FetchAsync(string backupId, Action<string, long, long?> progress, CancellationToken cancellationToken)
    {
        var stored = await _stores.GetNearestAsync(backupId, cancellationToken).ConfigureAwait(false);
        if (_copies is null || stored.Stores.Contains(_stores.Working))
            return;
        if (await _maker.RoomProblemAsync(stored.Manifest.Files.Sum(f => f.Size), cancellationToken).ConfigureAwait(false) is { } full)
            throw full;
        await _copies.FetchAsync(backupId, (done, total) => progress($"Fetching from {stored.Stores[0].Name}", done, total), cancellationToken).ConfigureAwait(false);
    }

    public async Task<BackupListing> ListAsync(bool everywhere, CancellationToken cancellationToken)
    {
        var (backups, findings) = await _stores.ListAsync(everywhere, cancellationToken).ConfigureAwait(false);
        return new BackupListing([.. backups.Select(b => b.ToBackup())], findings);
    }

    public async Task<Backup?> FindFileAsync(string path, Func<byte[], bool> wanted, CancellationToken cancellationToken)
    {
        IBackupStore here = _stores.Working;
        foreach (var id in await here.ListAsync(cancellationToken).ConfigureAwait(false))
        {
            try
            {
                var manifest = await here.ReadAsync(id, cancellationToken).ConfigureAwait(false);
                var file = manifest.Files.FirstOrDefault(f => f.Source.StartsWith(FilesSource.Prefix, StringComparison.Ordinal) && HostPath.Absolute(f.Source[FilesSource.Prefix.Length..], _sources.BaseFolder) == path);
                if (file is null || file.Size > SmallFiles.LargestFile)
                    continue;
                using var content = new MemoryStream();
                var stored = await _parts.File(id, file.Path).OpenAsync(cancellationToken).ConfigureAwait(false);
                await using (stored.ConfigureAwait(false))
                    await stored.CopyToAsync(content, cancellationToken).ConfigureAwait(false);
                if (wanted(content.ToArray()))
                    return manifest.ToBackup(here.LocationOf(id));
            }
            catch (Exception e) when (e is AppException { ErrorId: ErrorIds.BackupDamaged or ErrorIds.BackupNotFound } or InvalidDataException or IOException)
            {
                // A damaged one is told where backups are checked; it is no reason to look no further.
            }
        }

        return null;
    }

    public async Task<Backup> GetAsync(string backupId, CancellationToken cancellationToken) =>
        (await _stores.GetAsync(backupId, cancellationToken).ConfigureAwait(false)).ToBackup();

    public async Task<Backup> ProveAsync(string backupId, ProofLevel level, CancellationToken cancellationToken, Action<string, long, long?>? progress = null)
    {
        if (level != ProofLevel.None)
            await FetchAsync(backupId, progress ?? (static (_, _, _) => { }), cancellationToken).ConfigureAwait(false);
        var stored = await _stores.GetAsync(backupId, cancellationToken).ConfigureAwait(false);
        var (manifest, working) = (stored.Manifest, _stores.Working);
        if (level == ProofLevel.None)
            return stored.ToBackup();
        var evidence = new List<string> { await new ChecksumProof(working).ProveAsync(manifest, cancellationToken).ConfigureAwait(false) };
        if (level >= ProofLevel.Structure)
            evidence.AddRange(await new StructureProof(working).ProveAsync(manifest, cancellationToken).ConfigureAwait(false));
        if (level >= ProofLevel.Restore)
            evidence.AddRange(await new RestoreProof(working, _databases, _definition).ProveAsync(manifest, cancellationToken).ConfigureAwait(false));

        // A weaker proof does not take a stronger one's place: the bytes are those that it was about.
        var proof = level >= manifest.Proof.Level ? new BackupProof { Level = level, At = _time.GetUtcNow(), Evidence = evidence } : manifest.Proof;
        var proved = manifest with { Proof = proof };
        foreach (var store in stored.Stores)
            await store.WriteAsync(proved, cancellationToken).ConfigureAwait(false);
        return (stored with { Manifest = proved }).ToBackup();
    }

    public async Task RemoveAsync(string backupId, CancellationToken cancellationToken)
    {
        // The working folder last: as long as another place does not let go, the backup is listed with all that is left of it.
        foreach (var store in _stores.All.Reverse())
            await store.RemoveAsync(backupId, cancellationToken).ConfigureAwait(false);
    }

    public async Task<IReadOnlyList<string>> TrimAsync(IReadOnlySet<string> needed, CancellationToken cancellationToken) =>
        _kept is null ? [] : await _kept.TrimAsync(needed, cancellationToken).ConfigureAwait(false);

    public async Task LoadAsync(string backupId, string database, string into, CancellationToken cancellationToken)
    {
        await FetchAsync(backupId, static (_, _, _) => { }, cancellationToken).ConfigureAwait(false);
        var stored = await _stores.GetAsync(backupId, cancellationToken).ConfigureAwait(false);
        await new ScratchLoad(_stores.Working, _databases).RunAsync(stored.Manifest, database, into, cancellationToken).ConfigureAwait(false);
    }

    public async Task<bool> LoadVolumeAsync(string backupId, string volume, string into, CancellationToken cancellationToken)
    {
        await FetchAsync(backupId, static (_, _, _) => { }, cancellationToken).ConfigureAwait(false);
        var stored = await _stores.GetAsync(backupId, cancellationToken).ConfigureAwait(false);
        return await new ScratchVolume(_stores.Working, _parts.Volumes(), _definition).LoadAsync(stored.Manifest, volume, into, cancellationToken).ConfigureAwait(false);
    }

    public async Task<RestoreImpact> DescribeRestoreAsync(string backupId, CancellationToken cancellationToken)
    {
        var stored = await _stores.GetNearestAsync(backupId, cancellationToken).ConfigureAwait(false);
        return await new RestoreDescription(_databases, _parts.Folders, _time).DescribeAsync(stored.Manifest, cancellationToken).ConfigureAwait(false);
    }

    public async Task<IReadOnlyList<PlannedStep>> PlanRestoreAsync(string backupId, string? source, CancellationToken cancellationToken)
    {
        var stored = await _stores.GetNearestAsync(backupId, cancellationToken).ConfigureAwait(false);
        var steps = await new RestorePlan(stored.Manifest, _parts).MakeAsync(source, cancellationToken).ConfigureAwait(false);
        return stored.Stores.Contains(_stores.Working) ? steps : [FetchStep.Plan(stored), .. steps];
    }

    public Task<IReadOnlyList<PlannedStep>> PlanRestoreFileAsync(string path, string? source, CancellationToken cancellationToken) =>
        new RestoreFilePlan(_parts).MakeAsync(path, source, cancellationToken);

    /// <summary>A store that an update needs has to answer before one is begun.</summary>
    private Finding Weigh(Finding finding) =>
        Copies == CopyTime.First && finding.Target == _stores.Remote!.Name ? finding with { Severity = FindingSeverity.Blocker } : finding;
}
