using UpgradeOps.Cli.Output;

namespace UpgradeOps.Cli.Tests;

public sealed class UnitsTests
{
    [Theory]
    [InlineData(0, "0 B")]
    [InlineData(1023, "1023 B")]
    [InlineData(1536, "1.5 KiB")]
    [InlineData(5L << 40, "5 TiB")]
    [InlineData(9000L << 40, "9000 TiB")]
    public void Bytes(long bytes, string text) => Assert.Equal(text, Units.Bytes(bytes));

    [Theory]
    [InlineData(0.123, "0.12 s")]
    [InlineData(61.4, "1 min 1 s")]
    [InlineData(7320.0, "2 h 2 min")]
    [InlineData(null, "")]
    public void Durations(double? seconds, string text) => Assert.Equal(text, Units.Duration(seconds));

    [Theory]
    [InlineData(null, null, "")]
    [InlineData(512L, null, " 512 B")]
    [InlineData(512L, 1024L, " 512 B of 1 KiB (50 %)")]
    [InlineData(0L, 0L, " 0 B")]
    public void Progress(long? done, long? total, string text) => Assert.Equal(text, Units.Progress(done, total));
}
