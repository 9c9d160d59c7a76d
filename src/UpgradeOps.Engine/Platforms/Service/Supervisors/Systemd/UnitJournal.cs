using System.Runtime.CompilerServices;
using UpgradeOps.Engine.Hosts;

namespace UpgradeOps.Engine.Platforms.Service.Supervisors.Systemd;

/// <summary>What a unit wrote since its present start, restarts by systemd itself included.</summary>
internal sealed class UnitJournal(UnitCommands commands, Func<CancellationToken, Task<UnitLook>> lookAsync, IHost host, TimeProvider time)
{
    private const int QuoteLines = 5;

    /// <summary>Of what is asked for beyond the lines that are wanted: not each one counts.</summary>
    private const int Spare = 200;

    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(500);
    private static readonly TimeSpan Late = TimeSpan.FromSeconds(1);

    public async Task<IReadOnlyList<JournalEntry>> ReadAsync(int tail, CancellationToken cancellationToken) =>
        [.. Chosen(await ReadAllAsync(tail, cancellationToken).ConfigureAwait(false)).TakeLast(tail)];

    /// <summary>The last lines, oldest first, then new ones until cancelled, whichever start they belong to.</summary>
    public async IAsyncEnumerable<JournalEntry> FollowAsync(int tail, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        var (look, all) = await ReadAllAsync(tail, cancellationToken).ConfigureAwait(false);
        foreach (var entry in Chosen((look, all)).TakeLast(tail))
            yield return entry;

        var cursor = all.LastOrDefault()?.Cursor;
        while (true)
        {
            await Task.Delay(Pause, time, cancellationToken).ConfigureAwait(false);
            var more = await RunAsync(commands.Read(10_000, look.Now, cursor), cancellationToken).ConfigureAwait(false);
            foreach (var entry in more.Where(e => e.IsWorthTelling))
                yield return entry;
            cursor = more.LastOrDefault()?.Cursor ?? cursor;
        }
    }

    /// <returns>The last lines for an error message, introduced; empty when there are none. What was written last may reach the journal a moment later.</returns>
    public async Task<string> QuoteAsync(CancellationToken cancellationToken)
    {
        var began = time.GetTimestamp();
        while (true)
        {
            var lines = await ReadAsync(QuoteLines, cancellationToken).ConfigureAwait(false);
            if (lines.Any(l => !l.IsManagers) || time.GetElapsedTime(began) >= Late)
                return lines.Count == 0 ? "" : $"; its last words: {string.Join(" | ", lines.Select(l => l.Message.Trim()))}";
            await Task.Delay(Pause / 5, time, cancellationToken).ConfigureAwait(false);
        }
    }

    private static IEnumerable<JournalEntry> Chosen((UnitLook Look, IReadOnlyList<JournalEntry> All) read)
    {
        var (unit, start) = (read.Look.Unit, read.Look.Start);
        var told = read.All.Where(e => e.IsWorthTelling);
        return start is not null ? told.Where(e => e.Invocation.Length == 0 || e.Invocation != start.Before)
            : unit.Invocation.Length > 0 ? told.Where(e => e.Invocation == unit.Invocation)
            : told;
    }

    private async Task<(UnitLook Look, IReadOnlyList<JournalEntry> All)> ReadAllAsync(int tail, CancellationToken cancellationToken)
    {
        var look = await lookAsync(cancellationToken).ConfigureAwait(false);
        return (look, await RunAsync(commands.Read((int)Math.Min(tail + (long)Spare, 100_000), look.Start?.Since), cancellationToken).ConfigureAwait(false));
    }

    private async Task<IReadOnlyList<JournalEntry>> RunAsync(HostCommand command, CancellationToken cancellationToken)
    {
        var read = await host.RunAsync(command, cancellationToken).ConfigureAwait(false);
        return [.. JournalEntry.ParseAll(read.Output)];
    }
}
