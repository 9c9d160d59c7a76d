using UpgradeOps.Engine.Operations;
using UpgradeOps.Engine.Updates;

namespace UpgradeOps.Engine.Tests.Updates;

public sealed class ClockTests
{
    [Fact]
    public void Time_goes_on_whoever_sets_the_clock()
    {
        var clock = new SetClock();
        var steady = new SteadyTime(clock);
        var before = steady.GetUtcNow();
        clock.Offset = TimeSpan.FromDays(-1);
        Assert.InRange(steady.GetUtcNow() - before, TimeSpan.Zero, TimeSpan.FromHours(1));
        clock.Offset = TimeSpan.FromDays(1);
        Assert.InRange(steady.GetUtcNow() - before, TimeSpan.Zero, TimeSpan.FromHours(1));
    }

    [Fact]
    public void An_id_comes_after_the_newest_one_also_when_the_clock_was_set_back()
    {
        var clock = new SetClock();
        var first = OperationId.New(clock);
        clock.Offset = TimeSpan.FromDays(-400);
        var second = OperationId.New(clock, first);
        var third = OperationId.New(clock, second);
        Assert.True(string.CompareOrdinal(first, second) < 0 && string.CompareOrdinal(second, third) < 0, $"{first} {second} {third}");
        Assert.True(string.CompareOrdinal(OperationId.New(clock, "not an id"), first) < 0);
    }

    private sealed class SetClock : TimeProvider
    {
        public TimeSpan Offset { get; set; }

        public override DateTimeOffset GetUtcNow() => base.GetUtcNow() + Offset;
    }
}
