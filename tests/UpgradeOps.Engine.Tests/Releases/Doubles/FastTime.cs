using System.Collections.Concurrent;

namespace UpgradeOps.Engine.Tests.Releases.Doubles;

/// <summary>A clock in which every pause is over at once and is remembered. Limits on tries stand still unless told otherwise.</summary>
internal sealed class FastTime(TimeSpan tryTimeout) : TimeProvider
{
    private DateTimeOffset _now = new(2026, 3, 1, 12, 0, 0, TimeSpan.Zero);

    public FastTime()
        : this(TimeSpan.FromSeconds(20))
    {
    }

    public ConcurrentQueue<TimeSpan> Pauses { get; } = new();

    /// <summary>True to let every try run into its limit.</summary>
    public bool TriesTimeOut { get; set; }

    public void Advance(TimeSpan by) => _now += by;

    public override DateTimeOffset GetUtcNow() => _now;

    public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period)
    {
        var isLimit = dueTime == tryTimeout;
        if (dueTime != Timeout.InfiniteTimeSpan && (!isLimit || TriesTimeOut))
        {
            if (!isLimit)
                Pauses.Enqueue(dueTime);
            _now += dueTime;
            ThreadPool.QueueUserWorkItem(_ => callback(state));
        }
        return new Idle();
    }

    private sealed class Idle : ITimer
    {
        public bool Change(TimeSpan dueTime, TimeSpan period) => true;

        public void Dispose()
        {
        }

        public ValueTask DisposeAsync() => ValueTask.CompletedTask;
    }
}
