using System.Collections.Concurrent;
using System.Net.Sockets;

namespace UpgradeOps.Integration.Kills;

/// <summary>
/// Users who write all the time, also while processes are killed: each row has a text of its own, and whoever was told that his is written
/// counts on it. A request that broke off promises nothing.
/// </summary>
internal sealed class RowWriter : IAsyncDisposable
{
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(300);

    private readonly HttpClient _client;
    private readonly ConcurrentQueue<string> _told = new();
    private readonly CancellationTokenSource _ending = new();
    private readonly SemaphoreSlim _turn = new(1);
    private readonly Task _writing;
    private int _number;

    public RowWriter(Uri url)
    {
        _client = new HttpClient { BaseAddress = url, Timeout = TimeSpan.FromSeconds(5) };
        _writing = Task.Run(WriteAsync);
    }

    /// <summary>The rows of which the application has said that they are written.</summary>
    public IReadOnlyList<string> Told => [.. _told];

    /// <summary>Nobody writes while this works, and nobody counts on what was written before.</summary>
    public async Task ForgetAsync(Func<Task> work)
    {
        await _turn.WaitAsync();
        try
        {
            await work();
            _told.Clear();
        }
        finally
        {
            _turn.Release();
        }
    }

    public async ValueTask DisposeAsync()
    {
        await _ending.CancelAsync();
        await _writing;
        _client.Dispose();
        _ending.Dispose();
        _turn.Dispose();
    }

    private async Task WriteAsync()
    {
        while (!_ending.IsCancellationRequested)
        {
            await _turn.WaitAsync();
            try
            {
                var text = $"row-{++_number}";
                await _client.GetStringAsync($"write?text={text}");
                _told.Enqueue(text);
            }
            catch (Exception e) when (e is HttpRequestException or SocketException or TaskCanceledException)
            {
                // Stopped, or just being replaced.
            }
            finally
            {
                _turn.Release();
            }

            await Task.Delay(Pause);
        }
    }
}
