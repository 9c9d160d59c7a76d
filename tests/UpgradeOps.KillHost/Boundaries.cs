using System.Diagnostics;
using UpgradeOps.Engine.Updates.Journal;

namespace UpgradeOps.KillHost;

/// <summary>
/// Counts the boundaries that this process passes, and is killed at one of them: a real SIGKILL, so that nothing in it runs any more,
/// no <c>finally</c> and no flush.
/// </summary>
internal sealed class Boundaries(int killAt, TimeSpan delay)
{
    private readonly List<Timer> _timers = [];
    private JournalEvent? _last;
    private int _passed;

    public int Passed => _passed;

    /// <summary>
    /// Before an append. After "done" and "undone" the runner only looks at the world until it announces the next step, so "before that
    /// announcement" is the same world, byte for byte, as "after the done": it is one boundary, counted there.
    /// </summary>
    public void Before(JournalEvent what, string where)
    {
        if (_last is JournalEvent.Done or JournalEvent.Undone && what is JournalEvent.Intend or JournalEvent.Undoing)
            return;
        Pass($"before {where}");
    }

    public void After(JournalEvent what, string where)
    {
        _last = what;
        Pass($"after {where}");
    }

    /// <summary>A boundary at a write of the state that is no append.</summary>
    public void Other(string where)
    {
        _last = null;
        Pass(where);
    }

    private void Pass(string where)
    {
        if (++_passed != killAt)
            return;
        Console.Out.WriteLine($"killed {where}");
        Console.Out.Flush();
        if (delay == TimeSpan.Zero)
            KillSelf();
        else
            _timers.Add(new Timer(_ => KillSelf(), null, delay, Timeout.InfiniteTimeSpan));
    }

    private static void KillSelf()
    {
        if (OperatingSystem.IsWindows())
            Process.GetCurrentProcess().Kill();
        else
            Signals.Send(Environment.ProcessId, Signals.Kill);
        Thread.Sleep(Timeout.Infinite);
    }
}
