using System.Text;
using UpgradeOps.Engine.Streams;

namespace UpgradeOps.Engine.Docker;

/// <summary>Keeps the first line for itself and passes on what comes after it.</summary>
internal sealed class FirstLineStream(Stream rest) : WriteOnlyStream
{
    private const int Longest = 4096;

    private readonly TaskCompletionSource<string> _line = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly List<byte> _begun = [];

    /// <summary>Without its end. Never done when none comes.</summary>
    public Task<string> Line => _line.Task;

    public override async ValueTask WriteAsync(ReadOnlyMemory<byte> buffer, CancellationToken cancellationToken = default)
    {
        if (!_line.Task.IsCompleted)
        {
            var end = buffer.Span.IndexOf((byte)'\n');
            _begun.AddRange(end < 0 ? buffer.Span : buffer.Span[..end]);
            if (_begun.Count > Longest)
                throw new InvalidDataException("The first line does not end.");
            if (end < 0)
                return;
            _line.SetResult(Encoding.UTF8.GetString([.. _begun]));
            buffer = buffer[(end + 1)..];
        }

        if (!buffer.IsEmpty)
            await rest.WriteAsync(buffer, cancellationToken).ConfigureAwait(false);
    }
}
