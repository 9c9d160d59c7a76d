using UpgradeOps.Engine.Backups.Dumps;
using UpgradeOps.Engine.Backups.Format;
using UpgradeOps.Engine.Backups.Restore;
using UpgradeOps.Engine.Backups.Stores;
using UpgradeOps.Engine.Databases;

namespace UpgradeOps.Engine.Backups.Proof;

/// <summary>Loads every dump into a scratch database beside the live one, counts its rows there, and drops it again.</summary>
internal sealed class RestoreProof(FolderBackupStore store, IReadOnlyDictionary<string, IDatabase> databases)
{
    /// <exception cref="AppException"><see cref="ErrorIds.BackupDamaged"/>: rows are missing; or why it could not be loaded.</exception>
    public async Task<IReadOnlyList<string>> ProveAsync(BackupManifest manifest, CancellationToken cancellationToken)
    {
        var evidence = new List<string>();
        foreach (var file in manifest.Files)
        {
            if (DumpKind.OfEncoding(file.Encoding) is not { } kind)
                continue;
            var rows = manifest.Sources.FirstOrDefault(s => s.Source == file.Source)?.Rows;
            var database = DumpSource.DatabaseOf(databases, file.Source);
            evidence.Add(await ProveAsync(manifest, store.Open(manifest, file), kind, database, rows, cancellationToken).ConfigureAwait(false));
        }

        return evidence;
    }

    private static async Task<string> ProveAsync(
        BackupManifest manifest, StoredFile stored, DumpKind kind, IDatabase database, IReadOnlyDictionary<string, long>? recorded, CancellationToken cancellationToken)
    {
        var scratch = AsideNames.Database(database.Name, "proof", manifest.BackupId);
        await database.DropAsync(scratch, cancellationToken).ConfigureAwait(false);
        try
        {
            var content = await stored.OpenAsync(cancellationToken).ConfigureAwait(false);
            await using (content.ConfigureAwait(false))
                await database.LoadAsync(content, kind.Format, scratch, cancellationToken).ConfigureAwait(false);
            var rows = await database.CountRowsAsync(scratch, cancellationToken).ConfigureAwait(false);
            if (recorded is not null && RowComparison.Differences(recorded, rows) is [var difference, ..])
                throw stored.Damaged($"restored into a scratch database, {difference}");
            return $"{stored.File.Path}: restored into a scratch database, {rows.Count} tables, {rows.Values.Sum()} rows{(recorded is null ? "" : ", as counted in the dump")}";
        }
        catch (Exception e) when (e is InvalidDataException or EndOfStreamException)
        {
            throw stored.Damaged(e.Message.TrimEnd('.'), e);
        }
        finally
        {
            await database.DropAsync(scratch, CancellationToken.None).ConfigureAwait(false);
        }
    }
}
