using System.IO.Compression;
using System.Threading.Channels;
using UpgradeOps.Engine.Streams;

namespace UpgradeOps.Engine.Backups.Streams;

/// <summary>
/// Compresses what is written on several cores: blocks of 1 MiB become gzip members of their own, written in order. Every gunzip opens the result.
/// The result is whole only after <see cref="FinishAsync"/>; disposing without it breaks the work off.
/// </summary>
internal sealed class ParallelGzipStream : WriteOnlyStream
{
    private readonly Stream _output;
    private readonly CompressionLevel _level;
    private readonly Channel<GzipBlock> _free;
    private readonly Channel<Task<GzipBlock>> _started = Channel.CreateUnbounded<Task<GzipBlock>>(new UnboundedChannelOptions { SingleReader = true, SingleWriter = true });
    private readonly CancellationTokenSource _broken = new();
    private readonly Task _writing;
    private GzipBlock? _current;
    private bool _finished;

    /// <param name="output">Written to in order, by one writer at a time; not disposed.</param>
    public ParallelGzipStream(Stream output, CompressionLevel level = CompressionLevel.Fastest)
    {
        _output = output;
        _level = level;
        var blocks = (2 * Math.Clamp(Environment.ProcessorCount, 1, 8)) + 1;
        _free = Channel.CreateUnbounded<GzipBlock>();
        for (var i = 0; i < blocks; i++)
            _free.Writer.TryWrite(new GzipBlock());
        _writing = Task.Run(WriteMembersAsync);
    }

    /// <summary>Bytes that were given to it.</summary>
    public long BytesIn { get; private set; }

    public override bool CanWrite => !_finished;

    public override async ValueTask WriteAsync(ReadOnlyMemory<byte> buffer, CancellationToken cancellationToken = default)
    {
        ObjectDisposedException.ThrowIf(_finished, this);
        BytesIn += buffer.Length;
        while (!buffer.IsEmpty)
        {
            _current ??= await NextBlockAsync(cancellationToken).ConfigureAwait(false);
            buffer = buffer[_current.Append(buffer.Span)..];
            if (_current.IsFull)
                Start();
        }
    }

    /// <summary>Writes what is left and waits until all of it has been given to the output.</summary>
    public async Task FinishAsync(CancellationToken cancellationToken)
    {
        if (_finished)
            return;
        if (_current is null && BytesIn == 0)
            _current = await NextBlockAsync(cancellationToken).ConfigureAwait(false);
        if (_current is not null)
            Start();
        _finished = true;
        _started.Writer.Complete();
        await _writing.WaitAsync(cancellationToken).ConfigureAwait(false);
    }

    public override async ValueTask DisposeAsync()
    {
        if (!_finished)
        {
            _finished = true;
            await _broken.CancelAsync().ConfigureAwait(false);
            _started.Writer.TryComplete();
        }

        await _writing.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        _broken.Dispose();
        GC.SuppressFinalize(this);
    }

    protected override void Dispose(bool disposing)
    {
        if (disposing)
            DisposeAsync().AsTask().GetAwaiter().GetResult();
    }

    private async ValueTask<GzipBlock> NextBlockAsync(CancellationToken cancellationToken)
    {
        var block = _free.Reader.TryRead(out var ready) ? ready : await WaitForBlockAsync(cancellationToken).ConfigureAwait(false);
        block.Clear();
        return block;
    }

    private async Task<GzipBlock> WaitForBlockAsync(CancellationToken cancellationToken)
    {
        try
        {
            return await _free.Reader.ReadAsync(cancellationToken).ConfigureAwait(false);
        }
        catch (ChannelClosedException)
        {
            await _writing.ConfigureAwait(false); // throws what stopped the writer
            throw;
        }
    }

    private void Start()
    {
        var block = _current!;
        _current = null;
        _started.Writer.TryWrite(Task.Run(() =>
        {
            block.Compress(_level);
            return block;
        }));
    }

    private async Task WriteMembersAsync()
    {
        try
        {
            await foreach (var member in _started.Reader.ReadAllAsync(_broken.Token).ConfigureAwait(false))
            {
                var block = await member.ConfigureAwait(false);
                await _output.WriteAsync(block.Member, _broken.Token).ConfigureAwait(false);
                _free.Writer.TryWrite(block);
            }
        }
        catch
        {
            _free.Writer.TryComplete();
            throw;
        }
    }
}
