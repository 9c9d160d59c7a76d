using UpgradeOps.Engine.Apps.Definition;
using UpgradeOps.Engine.Backups.Dumps;
using UpgradeOps.Engine.Backups.Format;
using UpgradeOps.Engine.Backups.Restore;
using UpgradeOps.Engine.Backups.Sources;
using UpgradeOps.Engine.Backups.Stores;
using UpgradeOps.Engine.Backups.Streams;
using UpgradeOps.Engine.Databases;

namespace UpgradeOps.Engine.Backups.Proof;

/// <summary>
/// Loads every dump into a scratch database beside the live one, compares its tables, rows and values there, asks it the definition's
/// questions, and drops it again.
/// </summary>
internal sealed class RestoreProof(FolderBackupStore store, IReadOnlyDictionary<string, IDatabase> databases, AppDefinition definition)
{
    /// <summary>The part of a scratch database's name that says what it is for.</summary>
    public const string Role = "proof";

    /// <exception cref="AppException"><see cref="ErrorIds.BackupDamaged"/>: rows are missing or other ones; <see cref="ErrorIds.BackupProofFailed"/>: a query of the definition fails; or why it could not be loaded.</exception>
    public async Task<IReadOnlyList<string>> ProveAsync(BackupManifest manifest, CancellationToken cancellationToken)
    {
        var evidence = new List<string>();
        foreach (var file in manifest.Files)
        {
            if (DumpKind.OfEncoding(file.Encoding) is not { } kind)
                continue;
            var database = DumpSource.DatabaseOf(databases, file.Source);
            evidence.AddRange(await ProveAsync(manifest, store.Open(manifest, file), kind, database, cancellationToken).ConfigureAwait(false));
        }

        return evidence;
    }

    private async Task<IReadOnlyList<string>> ProveAsync(
        BackupManifest manifest, StoredFile stored, DumpKind kind, IDatabase database, CancellationToken cancellationToken)
    {
        var recorded = manifest.Sources.FirstOrDefault(s => s.Source == stored.File.Source);
        var scratch = AsideNames.Database(database.Name, Role, manifest.BackupId);
        await database.DropAsync(scratch, cancellationToken).ConfigureAwait(false);
        try
        {
            await database.LoadAsync(DumpFeed.Of(stored, kind.Format), scratch, cancellationToken).ConfigureAwait(false);
            var rows = await database.CountRowsAsync(scratch, cancellationToken).ConfigureAwait(false);
            if (recorded?.Rows is not null && RowComparison.Differences(recorded.Rows, rows) is [var difference, ..])
                throw stored.Damaged($"restored into a scratch database, {difference}");
            return
            [
                $"{stored.File.Path}: restored into a scratch database, {rows.Count} tables, {rows.Values.Sum()} rows{(recorded?.Rows is null ? "" : ", as counted in the dump")}",
                .. await CompareValuesAsync(manifest, stored, database, scratch, cancellationToken).ConfigureAwait(false),
                .. await new ValidationQueries(definition, database).AskAsync(scratch, cancellationToken).ConfigureAwait(false),
            ];
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

    /// <summary>Dumps the scratch database again and compares each table's checksum with the one of the backup's own dump.</summary>
    private static async Task<IReadOnlyList<string>> CompareValuesAsync(
        BackupManifest manifest, StoredFile stored, IDatabase database, string scratch, CancellationToken cancellationToken)
    {
        if (manifest.Sources.FirstOrDefault(s => s.Source == stored.File.Source)?.Checksums is not { } recorded)
            return [];
        var reader = DumpKind.Of(database.Engine).NewReader();
        using (var read = new WatchedStream(Stream.Null, static _ => { }, reader))
        {
            if (Packing.Here() == Packing.Zstd && await database.CanPackAsync(cancellationToken).ConfigureAwait(false))
                database.ThrowIfCut(await PackedDumpCopy.RunAsync((zstd, token) => database.DumpPackedAsync(zstd, token, scratch), scratch, Stream.Null, read, cancellationToken).ConfigureAwait(false));
            else
                await database.DumpAsync(read, cancellationToken, scratch).ConfigureAwait(false);
        }

        if (reader.Finish().Checksums is not { } restored)
            return [];
        var differences = ValueComparison.Differences(recorded, restored);
        if (differences.Count == 0)
            return [$"{stored.File.Path}: dumped again from there, the values of all {recorded.Count} tables have the checksums of the backup"];
        var now = DatabaseSource.Tools(database, await database.CheckAsync(cancellationToken).ConfigureAwait(false));
        var then = manifest.Tools.GetValueOrDefault(stored.File.Source, now);
        return ValueComparison.IsOneRelease(then, now)
            ? throw stored.Damaged($"restored into a scratch database, {differences[0]}")
            : [$"{stored.File.Path}: values were not compared, because {now} may write them in another way than {then} did ({differences[0]})"];
    }
}
