using System.Buffers.Binary;
using UpgradeOps.Engine.Backups.Format;
using UpgradeOps.Engine.Backups.Raft;
using UpgradeOps.Engine.Databases.Dumps;

namespace UpgradeOps.Engine.Backups.Proof;

/// <summary>Reads a file that is neither dump nor archive to its end, and looks at what its own format promises.</summary>
internal static class ContentProof
{
    private const int SqlitePageSizeAt = 16;
    private const int SqlitePageCountAt = 28;

    /// <returns>What was seen; null for what has no format of its own.</returns>
    /// <exception cref="InvalidDataException">It is not whole.</exception>
    public static async Task<string?> ReadAsync(string content, Stream stream, CancellationToken cancellationToken)
    {
        if (content is not (Encodings.PostgresCluster or Encodings.Sqlite or Encodings.Output or Encodings.Raft))
            return null;
        if (content == Encodings.Raft)
            return await RaftSnapshot.CheckAsync(stream, cancellationToken).ConfigureAwait(false);
        var seen = new MarkedStream(Stream.Null);
        await using (seen.ConfigureAwait(false))
        {
            await stream.CopyToAsync(seen, 1 << 17, cancellationToken).ConfigureAwait(false);
            return content switch
            {
                Encodings.PostgresCluster => DumpMarks.EndsAsPostgresCluster(seen.Tail())
                    ? "SQL text of pg_dumpall, read to its end"
                    : throw new InvalidDataException("its end mark is missing, so it is cut off"),
                Encodings.Sqlite => Sqlite(seen),
                _ => $"output of a command, {ByteText.Of(seen.Count)}, read to its end",
            };
        }
    }

    /// <summary>The head tells the page size and how many pages there are.</summary>
    private static string Sqlite(MarkedStream seen)
    {
        if (!seen.Head.StartsWith("SQLite format 3\0"u8))
            throw new InvalidDataException("it does not begin as an SQLite database");
        long page = BinaryPrimitives.ReadUInt16BigEndian(seen.Head[SqlitePageSizeAt..]);
        page = page == 1 ? 65536 : page;
        var pages = BinaryPrimitives.ReadUInt32BigEndian(seen.Head[SqlitePageCountAt..]);
        return pages == 0 || page * pages == seen.Count
            ? $"SQLite database, {seen.Count / page} pages, read to its end"
            : throw new InvalidDataException($"it has {seen.Count} bytes where its head promises {pages} pages of {page}");
    }
}
