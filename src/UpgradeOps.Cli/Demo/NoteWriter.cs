using System.Diagnostics;

namespace UpgradeOps.Cli.Demo;

/// <summary>Somebody who writes notes all the time, and remembers every one that was acknowledged.</summary>
internal sealed class NoteWriter : IAsyncDisposable
{
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(20);

    private readonly NotesClient client;
    private readonly CancellationTokenSource stop = new();
    private readonly Lock gate = new();
    private readonly HashSet<string> acknowledged = new(StringComparer.Ordinal);
    private readonly Task work;
    private TimeSpan longestGap;

    public NoteWriter(NotesClient client)
    {
        this.client = client;
        work = WriteAsync();
    }

    public int Unanswered { get; private set; }

    public IReadOnlyList<string> Acknowledged()
    {
        lock (gate)
            return [.. acknowledged];
    }

    /// <summary>The longest time without an acknowledged note since this was asked last.</summary>
    public TimeSpan TakeLongestGap()
    {
        lock (gate)
        {
            var gap = longestGap;
            longestGap = TimeSpan.Zero;
            return gap;
        }
    }

    /// <summary>Waits until the application takes notes again.</summary>
    public async Task WaitForNewNotesAsync(int count, CancellationToken cancellationToken)
    {
        var before = Acknowledged().Count;
        var watch = Stopwatch.StartNew();
        while (Acknowledged().Count < before + count && watch.Elapsed < TimeSpan.FromSeconds(20))
            await Task.Delay(Pause, cancellationToken);
    }

    public async Task StopAsync()
    {
        await stop.CancelAsync();
        await work.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
    }

    public async ValueTask DisposeAsync()
    {
        await StopAsync();
        stop.Dispose();
    }

    private async Task WriteAsync()
    {
        var last = Stopwatch.GetTimestamp();
        for (var number = 1; !stop.IsCancellationRequested; number++)
        {
            var note = $"note {number} {Guid.NewGuid():N}";
            if (await client.PostAsync(note, stop.Token))
            {
                var now = Stopwatch.GetTimestamp();
                lock (gate)
                {
                    acknowledged.Add(note);
                    longestGap = TimeSpan.FromTicks(Math.Max(longestGap.Ticks, Stopwatch.GetElapsedTime(last, now).Ticks));
                }

                last = now;
            }
            else
            {
                Unanswered++;
            }

            await Task.Delay(Pause, stop.Token);
        }
    }
}
