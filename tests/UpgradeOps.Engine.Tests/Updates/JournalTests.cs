using System.Text;
using UpgradeOps.Engine.Tests.Simulation;
using UpgradeOps.Engine.Updates.Journal;

namespace UpgradeOps.Engine.Tests.Updates;

public sealed class JournalTests
{
    [Fact]
    public async Task Cut_at_every_byte_it_is_read_as_far_as_it_is_whole()
    {
        var lines = await RealJournalAsync();
        var bytes = Encoding.UTF8.GetBytes(string.Join('\n', lines) + "\n");
        for (var length = 0; length <= bytes.Length; length++)
        {
            var cut = Encoding.UTF8.GetString(bytes, 0, length).Split('\n', StringSplitOptions.RemoveEmptyEntries);
            var entries = JournalReader.Parse(cut, "op");
            var whole = bytes.AsSpan(0, length).Count((byte)'\n');
            // A line may be whole before its line end was written.
            Assert.InRange(entries.Count, whole, whole + 1);
        }
    }

    [Fact]
    public async Task A_flipped_byte_is_never_read_as_something_else()
    {
        var lines = await RealJournalAsync();
        var text = string.Join('\n', lines) + "\n";
        var original = JournalReader.Parse(lines, "op");
        var bytes = Encoding.UTF8.GetBytes(text);
        for (var at = 0; at < bytes.Length; at += 3)
        {
            var flipped = (byte[])bytes.Clone();
            flipped[at] ^= 0x04;
            try
            {
                var entries = JournalReader.Parse(Encoding.UTF8.GetString(flipped).Split('\n', StringSplitOptions.RemoveEmptyEntries), "op");
                Assert.True(entries.Count >= original.Count - 1);
                Assert.Equal(original.Take(entries.Count).Select(JournalCodec.Write), entries.Select(JournalCodec.Write));
            }
            catch (AppException e)
            {
                Assert.Equal(ErrorIds.JournalDamaged, e.ErrorId);
            }
        }
    }

    [Fact]
    public async Task A_missing_line_is_damage_and_what_is_known_is_told()
    {
        var lines = (await RealJournalAsync()).ToList();
        lines.RemoveAt(4);
        var error = Assert.Throws<AppException>(() => JournalReader.Parse(lines, "op"));
        Assert.Equal(ErrorIds.JournalDamaged, error.ErrorId);
        Assert.Contains("line 5", error.Message, StringComparison.Ordinal);
        Assert.Contains("last whole entry, line 4 at", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_newer_format_is_refused()
    {
        var lines = (await RealJournalAsync()).ToList();
        var body = Engine.State.JournalLine.Open(lines[^1])!;
        lines[^1] = Engine.State.JournalLine.Seal(body.Replace("\"v\":1", "\"v\":2", StringComparison.Ordinal));
        var error = Assert.Throws<AppException>(() => JournalReader.Parse(lines, "op"));
        Assert.Equal(ErrorIds.JournalNewerFormat, error.ErrorId);
    }

    private static async Task<IReadOnlyList<string>> RealJournalAsync()
    {
        var sim = new Sim(SimWorld.Running("1.0.0"));
        sim.World.Sick.Add("1.1.0");
        await sim.UpdateAsync("1.1.0");
        return Assert.Single(sim.State.Journals).Value;
    }
}
