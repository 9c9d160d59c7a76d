using System.Collections.Concurrent;
using System.Diagnostics;
using System.Net.Sockets;

namespace UpgradeOps.TestKit;

/// <summary>What a load saw. The gap is the longest time between two good answers.</summary>
public sealed record HttpLoadResult(int Sent, int Ok, int Failed, int TimedOut, TimeSpan LongestGap, IReadOnlyDictionary<string, int> Failures);

/// <summary>
/// Sends requests at a fixed rate whether or not earlier ones were answered (an open loop): a server that stands still
/// is seen by every request that falls into the gap, not only by the first.
/// </summary>
public sealed class HttpLoad : IAsyncDisposable
{
    private readonly HttpClient client;
    private readonly Uri url;
    private readonly int perSecond;
    private readonly CancellationTokenSource ending = new();
    private readonly ConcurrentBag<Task> pending = [];
    private readonly ConcurrentDictionary<string, int> failures = new();
    private readonly Lock gate = new();
    private readonly Stopwatch clock = Stopwatch.StartNew();
    private readonly Task sending;
    private int sent, ok, timedOut;
    private TimeSpan lastOk, longestGap;

    private HttpLoad(Uri url, int perSecond, TimeSpan timeout)
    {
        (this.url, this.perSecond) = (url, perSecond);
        client = new HttpClient(new SocketsHttpHandler { ConnectTimeout = timeout }) { Timeout = timeout };
        sending = Task.Run(SendAsync);
    }

    public static HttpLoad Start(Uri url, int perSecond = 200, TimeSpan? timeout = null) =>
        new(url, perSecond, timeout ?? TimeSpan.FromSeconds(1));

    /// <summary>Ends the sending, waits for what is under way, and tells what was seen.</summary>
    public async Task<HttpLoadResult> StopAsync()
    {
        await ending.CancelAsync();
        await sending;
        await Task.WhenAll(pending);
        var failed = failures.Values.Sum();
        return new HttpLoadResult(sent, ok, failed - timedOut, timedOut, longestGap, failures);
    }

    public async ValueTask DisposeAsync()
    {
        await StopAsync();
        client.Dispose();
        ending.Dispose();
    }

    private async Task SendAsync()
    {
        while (!ending.IsCancellationRequested)
        {
            // By the clock, not by the timer: late ticks are made up for.
            for (var due = (int)(clock.Elapsed.TotalSeconds * perSecond); sent < due; sent++)
                pending.Add(AskAsync());
            await Task.Delay(2);
        }
        Note(good: false);
    }

    private async Task AskAsync()
    {
        await Task.Yield();
        try
        {
            using var answer = await client.GetAsync(url);
            if (answer.IsSuccessStatusCode)
                Note(good: true);
            else
                Fail($"HTTP {(int)answer.StatusCode}");
        }
        catch (TaskCanceledException)
        {
            Interlocked.Increment(ref timedOut);
            Fail("timed out");
        }
        catch (HttpRequestException e)
        {
            Fail(e.HttpRequestError.ToString());
        }
        catch (SocketException e)
        {
            // The peer was gone so soon that the client could not even ask for its address.
            Fail(e.SocketErrorCode.ToString());
        }
    }

    private void Fail(string reason) => failures.AddOrUpdate(reason, 1, (_, n) => n + 1);

    private void Note(bool good)
    {
        lock (gate)
        {
            var now = clock.Elapsed;
            if (now - lastOk > longestGap)
                longestGap = now - lastOk;
            if (!good)
                return;
            lastOk = now;
            ok++;
        }
    }
}
