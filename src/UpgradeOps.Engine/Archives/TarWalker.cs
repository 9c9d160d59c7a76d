using System.Formats.Tar;

namespace UpgradeOps.Engine.Archives;

/// <summary>Goes through an archive to its very end, each entry checked by <see cref="TarGuard"/>.</summary>
internal static class TarWalker
{
    /// <param name="each">Called with the relative path and the entry, whose content may be read then.</param>
    /// <returns>How many entries there are.</returns>
    /// <exception cref="InvalidDataException">It is damaged, cut, or holds something that is refused.</exception>
    public static async Task<long> WalkAsync(Stream tar, Func<string, TarEntry, CancellationToken, Task> each, CancellationToken cancellationToken)
    {
        var guard = new TarGuard();
        var watched = new TarEndStream(tar);
        long count = 0;
        var reader = new TarReader(watched, leaveOpen: true);
        await using (reader.ConfigureAwait(false))
        {
            while (await NextAsync(reader, cancellationToken).ConfigureAwait(false) is { } entry)
            {
                if (guard.Check(entry) is not { } name)
                    continue;
                await each(name, entry, cancellationToken).ConfigureAwait(false);
                count++;
            }
        }

        await watched.CopyToAsync(Stream.Null, cancellationToken).ConfigureAwait(false);
        return watched.HasEnd ? count : throw new InvalidDataException("the archive's end is missing, so it is cut off");
    }

    private static async Task<TarEntry?> NextAsync(TarReader reader, CancellationToken cancellationToken)
    {
        try
        {
            return await reader.GetNextEntryAsync(copyData: false, cancellationToken).ConfigureAwait(false);
        }
        catch (Exception e) when (e is EndOfStreamException or FormatException or ArgumentException or OverflowException or NotSupportedException)
        {
            // What the reader throws at bytes that are no archive varies.
            throw new InvalidDataException($"the archive cannot be read: {e.Message}", e);
        }
    }
}
