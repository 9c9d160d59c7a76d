using UpgradeOps.Engine.Docker;
using static UpgradeOps.Engine.Tests.Docker.DemultiplexedStreamTests;

namespace UpgradeOps.Engine.Tests.Docker;

public sealed class LogLinesTests
{
    private static readonly CancellationToken Token = TestContext.Current.CancellationToken;

    [Theory]
    [InlineData(1)]
    [InlineData(5)]
    [InlineData(int.MaxValue)]
    public async Task Lines_are_put_together_from_frames_of_both_streams(int readSize)
    {
        var wire = new[]
        {
            Frame(1, "2025-11-21T01:02:03.123456789Z first "u8),
            Frame(2, "2025-11-21T01:02:04Z bad\n"u8),
            Frame(1, "half\n2025-11-21T01:02:05Z \n2025-11-21T01:02:06Z l\u00e4st\r\n"u8),
            Frame(2, "no stamp, no end"u8),
        }.SelectMany(b => b).ToArray();

        var lines = await LogLines.ReadAsync(new SlowStream(wire, readSize), raw: false, Token).ToListAsync(Token);

        Assert.Equal(["bad", "first half", "", "läst", "no stamp, no end"], lines.Select(l => l.Text));
        Assert.Equal([true, false, false, false, true], lines.Select(l => l.IsError));
        Assert.Equal(new DateTimeOffset(2025, 11, 21, 1, 2, 4, TimeSpan.Zero), lines[0].At);
        Assert.Null(lines[^1].At);
    }

    [Fact]
    public async Task A_terminal_log_has_no_frames()
    {
        var lines = await LogLines.ReadAsync(new MemoryStream("2025-11-21T01:02:03Z one\r\n2025-11-21T01:02:03Z two\r\n"u8.ToArray()), raw: true, Token).ToListAsync(Token);
        Assert.Equal(["one", "two"], lines.Select(l => l.Text));
    }

    [Fact]
    public async Task A_log_that_is_cut_gives_what_was_read()
    {
        var wire = Frame(1, "2025-11-21T01:02:03Z whole\n2025-11-21T01:02:03Z cut here"u8)[..^5];
        var lines = await LogLines.ReadAsync(new MemoryStream(wire), raw: false, Token).ToListAsync(Token);
        Assert.Equal(["whole", "cut"], lines.Select(l => l.Text.Trim()));
    }
}
