using UpgradeOps.Engine.Apps.Definition;
using UpgradeOps.Engine.Backups.Format;
using UpgradeOps.Engine.Backups.Stores;
using UpgradeOps.Engine.Databases;
using UpgradeOps.Engine.Databases.Dumps;

namespace UpgradeOps.Engine.Backups.Sources;

/// <summary>
/// All databases of a PostgreSQL server with its roles and tablespaces, or those two alone, as SQL text. Each database is of its own
/// moment: <c>pg_dumpall</c> dumps one after the other.
/// </summary>
internal sealed class ClusterSource(IDatabase database, DatabaseDefinition definition, string? composeFolder, bool globalsOnly) : IBackupSource
{
    public const string ClusterPrefix = "cluster:";
    public const string GlobalsPrefix = "globals:";

    public string Id => (globalsOnly ? GlobalsPrefix : ClusterPrefix) + database.Id;

    public int Rank => 0;

    public Task<long?> EstimateAsync(CancellationToken cancellationToken) => Task.FromResult<long?>(null);

    public Task<IReadOnlyList<Finding>> CheckAsync(CancellationToken cancellationToken) =>
        new DatabaseSource(database, definition, composeFolder).CheckAsync(cancellationToken);

    public async Task<SourceCopy> CopyAsync(PartialBackup backup, SourceContext context, CancellationToken cancellationToken)
    {
        var info = await database.CheckAsync(cancellationToken).ConfigureAwait(false);
        var name = $"{BackupPaths.Plain(database.Id, new HashSet<string>())}.{(globalsOnly ? "globals" : "cluster")}.sql";
        var file = await backup.AddAsync(
            $"databases/{name}{backup.Packing.Extension}", Id, backup.Packing.EncodingOf(Encodings.PostgresCluster), WriteAsync, cancellationToken).ConfigureAwait(false);
        return new SourceCopy
        {
            Consistent = globalsOnly || context.Quiesced,
            Target = $"server of {database.Name}",
            Notes = globalsOnly || context.Quiesced ? [] : [$"{Id}: the databases were dumped one after the other, each as of its own moment."],
            Tools = new Dictionary<string, string> { [Id] = $"{database.Engine} server {info.ServerVersion}, dump tool {info.ToolVersion}" },
            RestoreCommands = Format.RestoreCommands.ForCluster(definition, composeFolder, file),
        };

        async Task WriteAsync(Stream output, CancellationToken token)
        {
            using var watched = new WatchedStream(output, context.Progress);
            var marked = new MarkedStream(watched);
            await database.DumpClusterAsync(marked, globalsOnly, token).ConfigureAwait(false);
            if (!DumpMarks.EndsAsPostgresCluster(marked.Tail()))
                throw new AppException(ErrorIds.BackupFailed, $"pg_dumpall wrote {marked.Count} bytes without its last line: the dump is not whole.", database.Id);
        }
    }
}
