using System.Runtime.CompilerServices;
using System.Text;
using UpgradeOps.Engine.Hosts;

namespace UpgradeOps.Engine.Platforms.Service;

/// <summary>What the application wrote: one file a start, the newest without a number.</summary>
internal sealed class ServiceLog(ServicePaths paths, IHostFiles files)
{
    private const int Kept = 5;
    private const int QuoteLines = 5;
    private const int TailBytes = 1 << 20;

    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(250);

    /// <summary>Puts the present log aside and begins an empty one.</summary>
    public async Task RotateAsync(CancellationToken cancellationToken)
    {
        await files.CreateFolderAsync(paths.Logs, HostModes.PrivateFolder, cancellationToken).ConfigureAwait(false);
        await PutAsideAsync(cancellationToken).ConfigureAwait(false);
        if (await files.StatAsync(paths.Log, cancellationToken).ConfigureAwait(false) is null)
            await files.WriteAtomicAsync(paths.Log, ReadOnlyMemory<byte>.Empty, HostModes.PrivateFile, cancellationToken).ConfigureAwait(false);
    }

    /// <summary>Puts the present log aside, where there is one.</summary>
    public async Task PutAsideAsync(CancellationToken cancellationToken)
    {
        if (await files.StatAsync(paths.Log, cancellationToken).ConfigureAwait(false) is { Size: > 0 })
        {
            await files.DeleteAsync($"{paths.Log}.{Kept}", cancellationToken).ConfigureAwait(false);
            for (var number = Kept - 1; number >= 0; number--)
            {
                var from = number == 0 ? paths.Log : $"{paths.Log}.{number}";
                if (await files.StatAsync(from, cancellationToken).ConfigureAwait(false) is not null)
                    await files.RenameAsync(from, $"{paths.Log}.{number + 1}", cancellationToken).ConfigureAwait(false);
            }
        }
    }

    /// <returns>The last mebibyte at most of the present log; null when there is none.</returns>
    public async Task<byte[]?> ReadTailAsync(CancellationToken cancellationToken) =>
        (await ReadAsync(from: null, cancellationToken).ConfigureAwait(false))?.Bytes;

    /// <returns>The last lines for an error message, introduced; empty when there are none.</returns>
    public async Task<string> QuoteAsync(CancellationToken cancellationToken)
    {
        var bytes = await ReadTailAsync(cancellationToken).ConfigureAwait(false);
        var lines = Lines(bytes).TakeLast(QuoteLines).ToList();
        return lines.Count == 0 ? "" : $"; its last words: {string.Join(" | ", lines)}";
    }

    /// <summary>The last lines since the present start, oldest first, then new ones until cancelled when <paramref name="follow"/>.</summary>
    public async IAsyncEnumerable<string> ReadLinesAsync(int tail, bool follow, TimeProvider time, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        var part = await ReadAsync(from: null, cancellationToken).ConfigureAwait(false);
        foreach (var line in Lines(part?.Bytes).TakeLast(tail))
            yield return line;

        var position = part?.End ?? 0;
        var rest = "";
        while (follow)
        {
            await Task.Delay(Pause, time, cancellationToken).ConfigureAwait(false);
            var size = (await files.StatAsync(paths.Log, cancellationToken).ConfigureAwait(false))?.Size ?? 0;
            if (size == position)
                continue;
            // Shorter than it was: another start began a new file.
            part = await ReadAsync(size < position ? 0 : position, cancellationToken).ConfigureAwait(false);
            position = part?.End ?? 0;
            var pieces = (rest + Encoding.UTF8.GetString(part?.Bytes ?? [])).Split('\n');
            rest = pieces[^1];
            foreach (var line in pieces.SkipLast(1))
                yield return line.TrimEnd('\r');
        }
    }

    /// <param name="from">Where to begin; null for the last mebibyte.</param>
    private async Task<(byte[] Bytes, long End)?> ReadAsync(long? from, CancellationToken cancellationToken)
    {
        if (await files.StatAsync(paths.Log, cancellationToken).ConfigureAwait(false) is not { } file)
            return null;
        var start = from ?? Math.Max(0, file.Size - TailBytes);
        var stream = await files.OpenReadAsync(paths.Log, start, cancellationToken).ConfigureAwait(false);
        await using (stream.ConfigureAwait(false))
        {
            using var buffer = new MemoryStream();
            await stream.CopyToAsync(buffer, cancellationToken).ConfigureAwait(false);
            return (buffer.ToArray(), start + buffer.Length);
        }
    }

    private static IEnumerable<string> Lines(byte[]? bytes) =>
        Encoding.UTF8.GetString(bytes ?? []).Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(l => l.TrimEnd('\r'));
}
