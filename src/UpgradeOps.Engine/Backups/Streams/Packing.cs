using UpgradeOps.Engine.Archives;
using UpgradeOps.Engine.Backups.Format;
using UpgradeOps.Engine.Hosts.Local;
using UpgradeOps.Engine.Streams;

namespace UpgradeOps.Engine.Backups.Streams;

/// <summary>How new backups are compressed: with <c>zstd</c> where this machine has it, which is quicker and smaller, else with gzip.</summary>
internal sealed class Packing
{
    private Packing(string compression, string extension) => (Compression, Extension) = (compression, extension);

    public static Packing Gzip { get; } = new(Encodings.Gzip, ".gz");

    public static Packing Zstd { get; } = new(Encodings.Zstd, ".zst");

    /// <summary><see cref="Encodings.Gzip"/> or <see cref="Encodings.Zstd"/>.</summary>
    public string Compression { get; }

    /// <summary>Put behind a file's name.</summary>
    public string Extension { get; }

    /// <summary>By the tools of this machine.</summary>
    public static Packing Here() => CommandFinder.Find("zstd", Environment.GetEnvironmentVariable("PATH")) is null ? Gzip : Zstd;

    /// <param name="content">One of <see cref="Encodings"/>' contents; empty for SQL text.</param>
    public string EncodingOf(string content) => content.Length == 0 ? Compression : $"{content}+{Compression}";

    /// <summary>Lets a source write, and passes it on as the encoding says.</summary>
    /// <returns>Bytes before compression; null when there is none.</returns>
    public static async Task<long?> WriteAsync(
        Stream output, string encoding, Func<Stream, CancellationToken, Task> write, CancellationToken cancellationToken)
    {
        switch (Encodings.CompressionOf(encoding))
        {
            case Encodings.Gzip:
                var gzip = new ParallelGzipStream(output);
                await using (gzip.ConfigureAwait(false))
                {
                    await write(gzip, cancellationToken).ConfigureAwait(false);
                    await gzip.FinishAsync(cancellationToken).ConfigureAwait(false);
                    return gzip.BytesIn;
                }

            case Encodings.Zstd:
                var zstd = ZstdFilter.Packing(output);
                await using (zstd.ConfigureAwait(false))
                {
                    await write(zstd, cancellationToken).ConfigureAwait(false);
                    await zstd.FinishAsync(cancellationToken).ConfigureAwait(false);
                    return zstd.BytesIn;
                }

            default:
                await write(output, cancellationToken).ConfigureAwait(false);
                return null;
        }
    }

    /// <summary>Opens what was packed, by whatever tool.</summary>
    /// <param name="raw">Seekable, at its begin; disposed with the result.</param>
    /// <param name="limit">What it may unpack to, at most.</param>
    public static async Task<Stream> OpenAsync(Stream raw, string encoding, long limit, CancellationToken cancellationToken) =>
        Encodings.CompressionOf(encoding) switch
        {
            Encodings.Gzip => new BoundedStream(await ParallelGunzipStream.OpenAsync(raw, cancellationToken).ConfigureAwait(false), raw, limit),
            Encodings.Zstd => new BoundedStream(new UnzstdStream(raw), raw, limit),
            _ => raw,
        };
}
