using UpgradeOps.Engine.Streams;

namespace UpgradeOps.Engine.Archives;

/// <summary>Reads an archive and remembers whether it ended with the two empty blocks that every whole one has.</summary>
internal sealed class TarEndStream(Stream input) : ReadOnlyStream
{
    private const int EndMark = 1024;

    private long _zeros;

    public bool HasEnd => _zeros >= EndMark;

    public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
    {
        var read = await input.ReadAsync(buffer, cancellationToken).ConfigureAwait(false);
        var last = buffer.Span[..read].LastIndexOfAnyExcept((byte)0);
        _zeros = last < 0 ? _zeros + read : read - last - 1;
        return read;
    }
}
