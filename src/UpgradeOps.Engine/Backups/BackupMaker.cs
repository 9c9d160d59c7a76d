using System.Reflection;
using UpgradeOps.Engine.Apps.Definition;
using UpgradeOps.Engine.Backups.Format;
using UpgradeOps.Engine.Backups.Sources;
using UpgradeOps.Engine.Backups.Stores;
using UpgradeOps.Engine.Hosts;

namespace UpgradeOps.Engine.Backups;

/// <summary>Makes one backup: room first, then source after source into a partial one, verified, then listed.</summary>
internal sealed class BackupMaker(AppDefinition definition, FolderBackupStore store, IHost host, TimeProvider time)
{
    /// <summary>What is left free for the application itself while a backup is written.</summary>
    private const long Reserve = 16 << 20;

    public async Task<BackupManifest> MakeAsync(IReadOnlyList<IBackupSource> sources, BackupRequest request, CancellationToken cancellationToken)
    {
        if (sources.Count == 0)
            throw new AppException(ErrorIds.BackupNothingDeclared, $"The definition of {definition.Name} declares nothing under backups:.", definition.Path);
        var absent = new List<IBackupSource>();
        foreach (var source in request.SkipAbsent ? sources : [])
        {
            if (await source.IsAbsentAsync(cancellationToken).ConfigureAwait(false))
                absent.Add(source);
        }

        sources = [.. sources.Except(absent)];
        var total = await EstimateAsync(sources, cancellationToken).ConfigureAwait(false);
        if (await RoomProblemAsync(total, cancellationToken).ConfigureAwait(false) is { } problem)
            throw problem;

        var partial = store.Begin(request.BackupId);
        using (partial)
        {
            var progress = new MakingProgress(request, total, time);
            var records = new List<SourceRecord>();
            var copies = new List<SourceCopy>();
            DateTimeOffset moment;
            try
            {
                if (request.Hold is { } hold)
                    await hold.BeginAsync(cancellationToken).ConfigureAwait(false);
                moment = time.GetUtcNow();
                foreach (var source in sources)
                    await CopyAsync(source, partial, request.Quiesced || request.Hold is { Holds: true }, progress, records, copies, cancellationToken).ConfigureAwait(false);
            }
            finally
            {
                if (request.Hold is { } hold)
                    await hold.EndAsync().ConfigureAwait(false);
            }

            progress.Begin("Verifying");
            return await partial.CommitAsync(Manifest(request, moment, partial.Files, records, copies, absent), cancellationToken).ConfigureAwait(false);
        }
    }

    /// <summary>Bytes of all sources as far as it can be told.</summary>
    public static async Task<long> EstimateAsync(IReadOnlyList<IBackupSource> sources, CancellationToken cancellationToken)
    {
        long total = 0;
        foreach (var source in sources)
            total += await source.EstimateAsync(cancellationToken).ConfigureAwait(false) ?? 0;
        return total;
    }

    /// <summary>Why there is no room; null when there is. Compression usually needs far less, but nobody promises.</summary>
    public async Task<AppException?> RoomProblemAsync(long needed, CancellationToken cancellationToken)
    {
        var free = await host.Files.FreeSpaceAsync(store.Folder, cancellationToken).ConfigureAwait(false);
        return free - Reserve >= needed
            ? null
            : new AppException(
                ErrorIds.DiskTooFull,
                $"A backup of {definition.Name} may need {ByteText.Of(needed)}, and the disk that holds {store.Folder} has {ByteText.Of(free)} free.",
                store.Folder);
    }

    private async Task CopyAsync(
        IBackupSource source, PartialBackup partial, bool quiesced, MakingProgress progress, List<SourceRecord> records, List<SourceCopy> copies,
        CancellationToken cancellationToken)
    {
        progress.Begin(source.Id);
        var started = time.GetUtcNow();
        var copy = await source.CopyAsync(partial, new SourceContext { Quiesced = quiesced, Progress = progress.Add }, cancellationToken).ConfigureAwait(false);
        copies.Add(copy);
        records.Add(new SourceRecord
        {
            Source = source.Id,
            StartedAt = started,
            EndedAt = time.GetUtcNow(),
            Consistent = copy.Consistent,
            Target = copy.Target,
            Rows = copy.Rows,
            Checksums = copy.Checksums,
            Marks = copy.Marks,
        });
    }

    private BackupManifest Manifest(
        BackupRequest request, DateTimeOffset moment, IReadOnlyList<BackupFile> files, List<SourceRecord> records, List<SourceCopy> copies,
        IReadOnlyList<IBackupSource> absent)
    {
        var location = store.LocationOf(request.BackupId);
        var quiesced = request.Quiesced || request.Hold is { Lasted: not null };
        return new BackupManifest
        {
            BackupId = request.BackupId,
            Name = definition.Name,
            Moment = moment,
            Version = request.Deployment?.Version,
            Digest = request.Deployment?.Digest,
            SchemaFingerprint = request.SchemaFingerprint,
            Consistency = records.Any(r => !r.Consistent) ? BackupConsistency.BestEffort
                : quiesced ? BackupConsistency.Quiesced
                : BackupConsistency.EachSource,
            SpreadSeconds = quiesced ? 0 : Math.Round((records[^1].StartedAt - records[0].StartedAt).TotalSeconds, 3),
            HeldSeconds = request.Hold?.Lasted is { } lasted ? Math.Round(lasted.TotalSeconds, 3) : null,
            Files = files,
            Sources = records,
            // Read again from the store, byte by byte, before it was listed.
            Proof = new BackupProof { Level = ProofLevel.Checksum, At = time.GetUtcNow(), Evidence = ["verified when it was made"] },
            OperationId = request.OperationId,
            Pinned = request.Pinned,
            Tools = Tools(copies),
            Notes = [.. absent.Select(s => $"{s.Id} was not there."), .. copies.SelectMany(c => c.Notes)],
            RestoreCommands = [$"cd {ShellText.Quote(location)} && sha256sum -c {BackupPaths.Sums}", .. copies.SelectMany(c => c.RestoreCommands)],
        };
    }

    private static SortedDictionary<string, string> Tools(List<SourceCopy> copies)
    {
        var version = typeof(BackupMaker).Assembly.GetCustomAttribute<AssemblyInformationalVersionAttribute>()?.InformationalVersion ?? "unknown";
        var tools = new SortedDictionary<string, string>(StringComparer.Ordinal) { ["upgradeops"] = version.Split('+')[0] };
        foreach (var (name, tool) in copies.SelectMany(c => c.Tools))
            tools[name] = tool;
        return tools;
    }
}
