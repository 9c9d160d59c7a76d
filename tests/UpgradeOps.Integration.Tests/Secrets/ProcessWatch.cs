using System.Collections.Concurrent;

namespace UpgradeOps.Integration.Secrets;

/// <summary>Looks again and again at what everybody may see of every process: its command line, and an environment that is not its owner's alone.</summary>
internal sealed class ProcessWatch : IAsyncDisposable
{
    private const int Looks = 20;

    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(5);

    private readonly CancellationTokenSource _stop = new();
    private readonly IReadOnlyList<Canary> _canaries;
    private readonly Task _watching;

    public ProcessWatch(IReadOnlyList<Canary> canaries)
    {
        _canaries = canaries;
        _watching = Task.Run(WatchAsync);
    }

    /// <summary>What was seen that should not be.</summary>
    public ConcurrentDictionary<string, string> Found { get; } = new();

    /// <summary>How many command lines were read, and how many different programs of ours were among them.</summary>
    public ConcurrentDictionary<string, int> Seen { get; } = new();

    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        await _watching;
        _stop.Dispose();
    }

    private async Task WatchAsync()
    {
        var looks = new Dictionary<string, int>();
        while (!_stop.IsCancellationRequested)
        {
            // What a process shows settles soon after it began: who is old is not looked at again.
            var there = Directory.EnumerateDirectories("/proc").Where(p => char.IsAsciiDigit(p[6])).ToList();
            looks = there.ToDictionary(p => p, p => looks.GetValueOrDefault(p) + 1);
            foreach (var process in there.Where(p => looks[p] <= Looks))
            {
                var line = Read($"{process}/cmdline");
                Seen.AddOrUpdate(System.Text.Encoding.UTF8.GetString(line).Split('\0')[0], 1, (_, n) => n + 1);
                Check($"{process}/cmdline", line);
                if (IsOpen($"{process}/environ"))
                    Check($"{process}/environ", Read($"{process}/environ"));
            }

            await Task.Delay(Pause, CancellationToken.None);
        }
    }

    private void Check(string path, byte[] bytes)
    {
        foreach (var canary in _canaries)
        {
            if (canary.FoundIn(bytes) is { } found)
                Found.TryAdd(path, $"{found}: {System.Text.Encoding.UTF8.GetString(bytes).Replace('\0', ' ')}");
        }
    }

    private static bool IsOpen(string path)
    {
        try
        {
            return (File.GetUnixFileMode(path) & (UnixFileMode.OtherRead | UnixFileMode.GroupRead)) != 0;
        }
        catch (IOException)
        {
            return false;
        }
    }

    private static byte[] Read(string path)
    {
        try
        {
            return File.ReadAllBytes(path);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return [];
        }
    }
}
