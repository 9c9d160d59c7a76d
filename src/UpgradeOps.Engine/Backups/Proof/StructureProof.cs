using UpgradeOps.Engine.Archives;
using UpgradeOps.Engine.Backups.Archives;
using UpgradeOps.Engine.Backups.Dumps;
using UpgradeOps.Engine.Backups.Format;
using UpgradeOps.Engine.Backups.Stores;

namespace UpgradeOps.Engine.Backups.Proof;

/// <summary>Every file is whole by its own format: it unpacks, archives walk to their end, dumps have all that their directory promises.</summary>
internal sealed class StructureProof(FolderBackupStore store)
{
    /// <returns>What was seen, one sentence a file.</returns>
    /// <exception cref="AppException"><see cref="ErrorIds.BackupDamaged"/>, naming the file.</exception>
    public async Task<IReadOnlyList<string>> ProveAsync(BackupManifest manifest, CancellationToken cancellationToken)
    {
        var evidence = new List<string>();
        foreach (var file in manifest.Files)
        {
            if (await ProveAsync(store.Open(manifest, file), manifest.Sources.FirstOrDefault(s => s.Source == file.Source), cancellationToken).ConfigureAwait(false) is { } seen)
                evidence.Add($"{file.Path}: {seen}");
        }

        return evidence;
    }

    private static async Task<string?> ProveAsync(StoredFile stored, SourceRecord? recorded, CancellationToken cancellationToken)
    {
        try
        {
            var content = await stored.OpenAsync(cancellationToken).ConfigureAwait(false);
            await using (content.ConfigureAwait(false))
            {
                if (DumpKind.OfEncoding(stored.File.Encoding) is { } kind)
                    return await ReadDumpAsync(stored, content, kind.NewReader(), recorded, cancellationToken).ConfigureAwait(false);
                if (Encodings.ContentOf(stored.File.Encoding) is not Encodings.Tar and var kindOfContent)
                    return await ContentProof.ReadAsync(kindOfContent, content, cancellationToken).ConfigureAwait(false);
                var entries = await TarWalker.WalkAsync(content, static (_, _, _) => Task.CompletedTask, cancellationToken).ConfigureAwait(false);
                return $"archive with {entries} entries, walked to its end";
            }
        }
        catch (Exception e) when (e is InvalidDataException or EndOfStreamException)
        {
            throw stored.Damaged(e.Message.TrimEnd('.'), e);
        }
    }

    private static async Task<string> ReadDumpAsync(
        StoredFile stored, Stream content, IDumpReader reader, SourceRecord? recorded, CancellationToken cancellationToken)
    {
        var buffer = new byte[1 << 17];
        int read;
        while ((read = await content.ReadAsync(buffer, cancellationToken).ConfigureAwait(false)) > 0)
            reader.Feed(buffer.AsSpan(0, read));
        var facts = reader.Finish();
        if (facts.Problem is not null)
            throw stored.Damaged(facts.Problem);
        if (recorded?.Rows is not null && facts.Rows is { } rows && RowComparison.Differences(recorded.Rows, rows) is [var difference, ..])
            throw stored.Damaged($"{difference} than when it was made");
        if (recorded?.Checksums is not null && facts.Checksums is { } values && ValueComparison.Differences(recorded.Checksums, values) is [var changed, ..])
            throw stored.Damaged($"{changed} than when it was made");
        return facts.Rows is { } counted
            ? $"{facts.Kind}, {counted.Count} tables, {counted.Values.Sum()} rows, read to its end"
            : $"{facts.Kind}, read to its end";
    }
}
