namespace UpgradeOps.StateContract;

/// <summary>A clock on the wall that can be set, over a steady one that cannot; waiting may be made shorter.</summary>
internal sealed class JumpingTime : TimeProvider
{
    /// <summary>How far the wall's clock is off.</summary>
    public TimeSpan Offset { get; set; }

    /// <summary>By how much waiting is shortened.</summary>
    public int Hurry { get; init; } = 1;

    public override DateTimeOffset GetUtcNow() => base.GetUtcNow() + Offset;

    /// <summary>Time that passes is longer by as much as waiting is shorter.</summary>
    public override long TimestampFrequency => base.TimestampFrequency / Hurry;

    public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period) =>
        base.CreateTimer(callback, state, Shorter(dueTime), Shorter(period));

    private TimeSpan Shorter(TimeSpan span) => span > TimeSpan.Zero ? span / Hurry : span;
}
