using System.Threading.Channels;

namespace UpgradeOps.Engine.Streams;

/// <summary>Connects something that writes into a stream with something that reads from one, with little in between.</summary>
internal static class Relay
{
    private const int Pieces = 16;

    /// <summary>Runs both to their end. When either fails, the other is stopped, and the first failure is thrown.</summary>
    public static async Task<T> RunAsync<T>(
        Func<Stream, CancellationToken, Task> write, Func<Stream, CancellationToken, Task<T>> read, CancellationToken cancellationToken)
    {
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        var channel = Channel.CreateBounded<byte[]>(new BoundedChannelOptions(Pieces) { SingleReader = true, SingleWriter = true });
        var writing = Task.Run(
            async () =>
            {
                using var output = new Output(channel.Writer, stop.Token);
                await write(output, stop.Token).ConfigureAwait(false);
                channel.Writer.Complete();
            },
            cancellationToken);
        _ = writing.ContinueWith(t => channel.Writer.TryComplete(t.Exception?.InnerException ?? new OperationCanceledException()), TaskScheduler.Default);
        try
        {
            using var input = new ChunkStream(channel.Reader);
            var result = await read(input, stop.Token).ConfigureAwait(false);
            // What the reader does not care for is still written, or the writer would wait for ever.
            await input.CopyToAsync(Stream.Null, stop.Token).ConfigureAwait(false);
            await writing.ConfigureAwait(false);
            return result;
        }
        catch
        {
            await stop.CancelAsync().ConfigureAwait(false);
            await writing.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            if (writing.Exception?.InnerException is AppException cause)
                throw cause;
            throw;
        }
    }

    /// <inheritdoc cref="RunAsync{T}"/>
    public static Task RunAsync(
        Func<Stream, CancellationToken, Task> write, Func<Stream, CancellationToken, Task> read, CancellationToken cancellationToken) =>
        RunAsync(
            write,
            async (input, token) =>
            {
                await read(input, token).ConfigureAwait(false);
                return true;
            },
            cancellationToken);

    /// <param name="stopped">Nobody reads any more. Who writes may not know: an archive that is closed writes its end without a token.</param>
    private sealed class Output(ChannelWriter<byte[]> writer, CancellationToken stopped) : WriteOnlyStream
    {
        public override async ValueTask WriteAsync(ReadOnlyMemory<byte> buffer, CancellationToken cancellationToken = default)
        {
            stopped.ThrowIfCancellationRequested();
            if (buffer.IsEmpty)
                return;
            var piece = buffer.ToArray();
            if (writer.TryWrite(piece))
                return;
            using var both = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, stopped);
            await writer.WriteAsync(piece, both.Token).ConfigureAwait(false);
        }
    }
}
