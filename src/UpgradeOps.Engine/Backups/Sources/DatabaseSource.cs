using UpgradeOps.Engine.Apps.Definition;
using UpgradeOps.Engine.Backups.Dumps;
using UpgradeOps.Engine.Backups.Format;
using UpgradeOps.Engine.Backups.Stores;
using UpgradeOps.Engine.Backups.Streams;
using UpgradeOps.Engine.Databases;

namespace UpgradeOps.Engine.Backups.Sources;

/// <summary>A database, dumped by its own tool, and read along on the way: the rows of the dump are counted, and its end must be there.</summary>
/// <param name="jobs">Connections that dump at once; null for one.</param>
internal sealed class DatabaseSource(IDatabase database, DatabaseDefinition definition, string? composeFolder, int? jobs = null) : IBackupSource
{
    public const string Prefix = "database:";

    /// <summary>From the check that a backup begins with; each costs the start of several tools.</summary>
    private DatabaseInfo? _info;

    public string Id => Prefix + database.Id;

    public int Rank => 0;

    public async Task<long?> EstimateAsync(CancellationToken cancellationToken) =>
        (_info = await database.CheckAsync(cancellationToken).ConfigureAwait(false)).SizeBytes;

    public async Task<IReadOnlyList<Finding>> CheckAsync(CancellationToken cancellationToken)
    {
        try
        {
            await database.CheckAsync(cancellationToken).ConfigureAwait(false);
            return [];
        }
        catch (AppException e)
        {
            return [Findings.Blocker(e.Error, Id)];
        }
    }

    public async Task<SourceCopy> CopyAsync(PartialBackup backup, SourceContext context, CancellationToken cancellationToken)
    {
        var info = _info ?? await database.CheckAsync(cancellationToken).ConfigureAwait(false);
        var kind = jobs is null ? DumpKind.Of(database.Engine) : DumpKind.Folder;
        var reader = kind.NewReader();
        var path = $"databases/{BackupPaths.Plain(database.Id, new HashSet<string>())}{kind.Extension}{backup.Packing.Extension}";
        var encoding = backup.Packing.EncodingOf(kind.Content);
        var packs = backup.Packing == Packing.Zstd && await database.CanPackAsync(cancellationToken).ConfigureAwait(false);
        var file = packs
            ? await backup.AddPackedAsync(path, Id, encoding, WritePackedAsync, cancellationToken).ConfigureAwait(false)
            : await backup.AddAsync(path, Id, encoding, WriteAsync, cancellationToken).ConfigureAwait(false);
        var facts = reader.Finish();
        if (facts.Problem is not null)
            throw new AppException(ErrorIds.BackupFailed, $"The dump of database {database.Name} is not whole: {facts.Problem}.", database.Id);
        return new SourceCopy
        {
            Consistent = true,
            Target = database.Name,
            Rows = facts.Rows,
            Checksums = facts.Checksums,
            Marks = await MarksAsync(cancellationToken).ConfigureAwait(false),
            Tools = new Dictionary<string, string> { [Id] = Tools(database, info) },
            RestoreCommands = RestoreCommands.ForDatabase(definition, composeFolder, file),
        };

        async Task WriteAsync(Stream output, CancellationToken token)
        {
            using var watched = new WatchedStream(output, context.Progress, reader);
            await (jobs is { } several ? database.DumpFolderAsync(watched, several, packed: false, token) : database.DumpAsync(watched, token)).ConfigureAwait(false);
        }

        async Task<long> WritePackedAsync(Stream output, CancellationToken token)
        {
            using var watched = new WatchedStream(Stream.Null, context.Progress, reader);
            var plain = await PackedDumpCopy.RunAsync(DumpPackedAsync, database.Name, output, watched, token).ConfigureAwait(false);
            if (jobs is null)
                database.ThrowIfCut(plain);
            return plain.Count;
        }
    }

    private Task DumpPackedAsync(Stream zstd, CancellationToken cancellationToken) => jobs is { } several
        ? database.DumpFolderAsync(zstd, several, packed: true, cancellationToken)
        : database.DumpPackedAsync(zstd, cancellationToken);

    /// <summary>As it stands in the manifest.</summary>
    public static string Tools(IDatabase database, DatabaseInfo info) => $"{database.Engine} server {info.ServerVersion}, dump tool {info.ToolVersion}";

    // Only how exactly newer rows are told later depends on it: a backup is not worth less without.
    private async Task<IReadOnlyDictionary<string, RowMark>?> MarksAsync(CancellationToken cancellationToken)
    {
        try
        {
            return await database.MarkRowsAsync(cancellationToken).ConfigureAwait(false);
        }
        catch (AppException)
        {
            return null;
        }
    }
}
