using UpgradeOps.Engine.Apps.Definition;
using UpgradeOps.Engine.Backups.Dumps;
using UpgradeOps.Engine.Backups.Format;
using UpgradeOps.Engine.Backups.Restore;
using UpgradeOps.Engine.Backups.Stores;
using UpgradeOps.Engine.Databases;

namespace UpgradeOps.Engine.Backups.Proof;

/// <summary>Loads every dump into a scratch database beside the live one, compares its tables and rows there, asks it the definition's questions, and drops it again.</summary>
internal sealed class RestoreProof(FolderBackupStore store, IReadOnlyDictionary<string, IDatabase> databases, AppDefinition definition)
{
    /// <summary>The part of a scratch database's name that says what it is for.</summary>
    public const string Role = "proof";

    /// <exception cref="AppException"><see cref="ErrorIds.BackupDamaged"/>: rows are missing; <see cref="ErrorIds.BackupProofFailed"/>: a query of the definition fails; or why it could not be loaded.</exception>
    public async Task<IReadOnlyList<string>> ProveAsync(BackupManifest manifest, CancellationToken cancellationToken)
    {
        var evidence = new List<string>();
        foreach (var file in manifest.Files)
        {
            if (DumpKind.OfEncoding(file.Encoding) is not { } kind)
                continue;
            var rows = manifest.Sources.FirstOrDefault(s => s.Source == file.Source)?.Rows;
            var database = DumpSource.DatabaseOf(databases, file.Source);
            evidence.AddRange(await ProveAsync(manifest, store.Open(manifest, file), kind, database, rows, cancellationToken).ConfigureAwait(false));
        }

        return evidence;
    }

    private async Task<IReadOnlyList<string>> ProveAsync(
        BackupManifest manifest, StoredFile stored, DumpKind kind, IDatabase database, IReadOnlyDictionary<string, long>? recorded, CancellationToken cancellationToken)
    {
        var scratch = AsideNames.Database(database.Name, Role, manifest.BackupId);
        await database.DropAsync(scratch, cancellationToken).ConfigureAwait(false);
        try
        {
            var content = await stored.OpenAsync(cancellationToken).ConfigureAwait(false);
            await using (content.ConfigureAwait(false))
                await database.LoadAsync(content, kind.Format, scratch, cancellationToken).ConfigureAwait(false);
            var rows = await database.CountRowsAsync(scratch, cancellationToken).ConfigureAwait(false);
            if (recorded is not null && RowComparison.Differences(recorded, rows) is [var difference, ..])
                throw stored.Damaged($"restored into a scratch database, {difference}");
            var restored = $"{stored.File.Path}: restored into a scratch database, {rows.Count} tables, {rows.Values.Sum()} rows{(recorded is null ? "" : ", as counted in the dump")}";
            return [restored, .. await new ValidationQueries(definition, database).AskAsync(scratch, cancellationToken).ConfigureAwait(false)];
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
