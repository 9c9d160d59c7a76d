using UpgradeOps.Engine.Archives;
using UpgradeOps.Engine.Streams;

namespace UpgradeOps.Engine.Backups.Streams;

/// <summary>
/// Unpacks what <see cref="ParallelGzipStream"/> wrote, on several cores with bounded memory. Throws <see cref="InvalidDataException"/> or
/// <see cref="EndOfStreamException"/> when a member is damaged, cut, or of another tool.
/// </summary>
/// <param name="input">Stands at a member's begin; read to its end; not disposed.</param>
internal sealed class ParallelGunzipStream(Stream input) : ReadOnlyStream
{
    private readonly int _ahead = Math.Clamp(Environment.ProcessorCount, 1, 8) + 1;
    private readonly Queue<Task<MemberInflater>> _started = new();
    private readonly Stack<MemberInflater> _free = new();
    private readonly byte[] _header = new byte[GzipBlock.HeaderSize];
    private MemberInflater? _current;
    private int _given;
    private bool _inputEnded;

    /// <summary>Opens gzip of any origin: in parallel where it is ours, else in one go.</summary>
    /// <param name="input">Seekable, at its begin; not disposed.</param>
    public static async Task<Stream> OpenAsync(Stream input, CancellationToken cancellationToken)
    {
        var header = new byte[GzipBlock.HeaderSize];
        var start = input.Position;
        var read = await input.ReadAtLeastAsync(header, header.Length, throwOnEndOfStream: false, cancellationToken).ConfigureAwait(false);
        input.Position = start;
        return GzipBlock.SizeOf(header.AsSpan(0, read)) is null ? new StrictGunzipStream(input) : new ParallelGunzipStream(input);
    }

    public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
    {
        if (buffer.IsEmpty)
            return 0;
        while (_current is null || _given == _current.Content.Length)
        {
            if (_current is not null)
                _free.Push(_current);
            _current = null;
            _given = 0;
            await ReadAheadAsync(cancellationToken).ConfigureAwait(false);
            if (!_started.TryDequeue(out var next))
                return 0;
            _current = await next.ConfigureAwait(false);
        }

        var count = Math.Min(buffer.Length, _current.Content.Length - _given);
        _current.Content.Slice(_given, count).CopyTo(buffer);
        _given += count;
        return count;
    }

    private async ValueTask ReadAheadAsync(CancellationToken cancellationToken)
    {
        while (!_inputEnded && _started.Count < _ahead)
        {
            var read = await input.ReadAtLeastAsync(_header, _header.Length, throwOnEndOfStream: false, cancellationToken).ConfigureAwait(false);
            if (read == 0)
            {
                _inputEnded = true;
                return;
            }

            var size = GzipBlock.SizeOf(_header.AsSpan(0, read)) ?? throw new InvalidDataException("A compressed block has a damaged header.");
            var inflater = _free.TryPop(out var free) ? free : new MemberInflater();
            await inflater.ReadAsync(input, _header, size, cancellationToken).ConfigureAwait(false);
            _started.Enqueue(Task.Run(
                () =>
                {
                    inflater.Inflate();
                    return inflater;
                },
                CancellationToken.None));
        }
    }
}
