namespace UpgradeOps.Engine.Backups.Streams;

/// <summary>Many small writes as few large ones: an archive of small files is written in pieces of half a kilobyte, and each would pass through every stream below.</summary>
internal static class Gathered
{
    private const int Size = 1 << 18;

    /// <param name="output">Not disposed.</param>
    public static async Task WriteAsync(Stream output, Func<Stream, Task> write, CancellationToken cancellationToken)
    {
        var buffered = new BufferedStream(output, Size);
        await write(buffered).ConfigureAwait(false);
        await buffered.FlushAsync(cancellationToken).ConfigureAwait(false);
    }
}
