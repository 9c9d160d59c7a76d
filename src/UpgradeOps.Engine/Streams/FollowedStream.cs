namespace UpgradeOps.Engine.Streams;

/// <summary>A stream with some bytes put behind it.</summary>
internal sealed class FollowedStream(Stream first, byte[] then) : ReadOnlyStream
{
    private bool _firstEnded;
    private int _given;

    public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
    {
        if (!_firstEnded)
        {
            var read = await first.ReadAsync(buffer, cancellationToken).ConfigureAwait(false);
            if (read > 0 || buffer.IsEmpty)
                return read;
            _firstEnded = true;
        }

        var given = Math.Min(buffer.Length, then.Length - _given);
        then.AsMemory(_given, given).CopyTo(buffer);
        _given += given;
        return given;
    }
}
