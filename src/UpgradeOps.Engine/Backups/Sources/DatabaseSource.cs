using UpgradeOps.Engine.Apps.Definition;
using UpgradeOps.Engine.Backups.Dumps;
using UpgradeOps.Engine.Backups.Format;
using UpgradeOps.Engine.Backups.Stores;
using UpgradeOps.Engine.Databases;

namespace UpgradeOps.Engine.Backups.Sources;

/// <summary>A database, dumped by its own tool, and read along on the way: the rows of the dump are counted, and its end must be there.</summary>
internal sealed class DatabaseSource(IDatabase database, DatabaseDefinition definition, string? composeFolder) : IBackupSource
{
    public const string Prefix = "database:";

    public string Id => Prefix + database.Id;

    public int Rank => 0;

    public async Task<long?> EstimateAsync(CancellationToken cancellationToken) =>
        (await database.CheckAsync(cancellationToken).ConfigureAwait(false)).SizeBytes;

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
        var info = await database.CheckAsync(cancellationToken).ConfigureAwait(false);
        var kind = DumpKind.Of(database.Engine);
        var reader = kind.NewReader();
        var path = $"databases/{BackupPaths.Plain(database.Id, new HashSet<string>())}{kind.Extension}";
        var file = await backup.AddAsync(path, Id, kind.Encoding, WriteAsync, cancellationToken).ConfigureAwait(false);
        var facts = reader.Finish();
        if (facts.Problem is not null)
            throw new AppException(ErrorIds.BackupFailed, $"The dump of database {database.Name} is not whole: {facts.Problem}.", database.Id);
        return new SourceCopy
        {
            Consistent = true,
            Target = database.Name,
            Rows = facts.Rows,
            Tools = new Dictionary<string, string> { [Id] = $"{database.Engine} server {info.ServerVersion}, dump tool {info.ToolVersion}" },
            RestoreCommands = RestoreCommands.ForDatabase(definition, composeFolder, file),
        };

        async Task WriteAsync(Stream output, CancellationToken token)
        {
            using var watched = new WatchedStream(output, context.Progress, reader);
            await database.DumpAsync(watched, token).ConfigureAwait(false);
        }
    }
}
