using System.Text;
using UpgradeOps.Engine.Operations;
using UpgradeOps.Engine.State.Folder;
using UpgradeOps.Engine.Updates.Journal;
using UpgradeOps.KillHost.Matrix;

namespace UpgradeOps.Cli.Tests.Kills;

/// <summary>
/// Journals that real updates of a real service wrote (kept, taken back, killed), cut at every byte, with every byte flipped, with lines
/// lost, doubled and swapped: never a crash, never a conclusion that the whole journal does not bear.
/// </summary>
public sealed class RealJournalTests : IAsyncLifetime
{
    // Every byte (and every third flipped) where changes land (.ci/run).
    private static readonly int CutStep = Environment.GetEnvironmentVariable("CI") == "true" ? 1 : 7;
    private static readonly int FlipStep = Environment.GetEnvironmentVariable("CI") == "true" ? 3 : 13;

    private readonly List<(string Id, byte[] Bytes)> journals = [];
    private ServiceKillWorld world = null!;

    public async ValueTask InitializeAsync()
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "The supervisor 'process' needs Linux.");
        world = (ServiceKillWorld)await ServiceKillWorld.CreateAsync();
        await world.PrepareAsync();
        foreach (var version in new[] { ServiceKillWorld.Good, ServiceKillWorld.Bad })
            await new UpdateApp(world.NewSession()).RunAsync(new UpdateOptions { Name = world.AppName, Version = version }, CancellationToken.None);
        await new UndoUpdate(world.NewSession()).RunAsync(new UndoOptions { Name = world.AppName }, CancellationToken.None);
        var killed = await KilledProcess.RunAsync(world, "update", ServiceKillWorld.Good, 28, TimeSpan.Zero, CancellationToken.None);
        Assert.NotNull(killed.KilledAt);
        foreach (var path in Directory.GetFiles(world.StateFolder, "journal.jsonl", SearchOption.AllDirectories).Order(StringComparer.Ordinal))
            journals.Add((Path.GetFileName(Path.GetDirectoryName(path)!), await File.ReadAllBytesAsync(path)));
        Assert.Equal(
            [UpdateStatus.Kept, UpdateStatus.Undone, UpdateStatus.Kept, null],
            journals.Select(j => OperationRecord.Read(j.Id, JournalReader.Parse(JournalFile.Lines(j.Bytes), j.Id)).Outcome?.Status));
    }

    public async ValueTask DisposeAsync()
    {
        if (world is not null)
            await world.DisposeAsync();
    }

    [Fact]
    public void Cut_at_any_byte_it_is_a_prefix_of_the_truth()
    {
        foreach (var (id, bytes) in journals)
        {
            var truth = Entries(bytes, id);
            for (var length = 0; length <= bytes.Length; length += CutStep)
            {
                var entries = Entries(bytes.AsSpan(0, length), id);
                var whole = bytes.AsSpan(0, length).Count((byte)'\n');
                // A line may be whole before its end was written.
                Assert.InRange(entries.Count, whole, whole + 1);
                Assert.Equal(truth.Take(entries.Count), entries);
                if (entries.Count > 0)
                    _ = OperationRecord.Read(id, JournalReader.Parse(JournalFile.Lines(bytes.AsSpan(0, length)), id));
            }
        }
    }

    [Fact]
    public void With_any_byte_flipped_it_is_damaged_and_says_what_is_known()
    {
        foreach (var (id, bytes) in journals)
        {
            for (var at = 0; at < bytes.Length; at += FlipStep)
            {
                var flipped = (byte[])bytes.Clone();
                flipped[at] ^= (byte)(1 << (at % 8));
                AssertDamaged(flipped, id, bytes.AsSpan(0, at).Count((byte)'\n'));
            }
        }
    }

    [Fact]
    public void With_a_line_lost_doubled_or_swapped_it_is_damaged()
    {
        foreach (var (id, bytes) in journals)
        {
            var lines = Encoding.UTF8.GetString(bytes).Split('\n', StringSplitOptions.RemoveEmptyEntries);
            for (var i = 0; i < lines.Length; i++)
            {
                if (i < lines.Length - 1)
                {
                    AssertDamaged(Join([.. lines[..i], .. lines[(i + 1)..]]), id, i);
                    AssertDamaged(Join([.. lines[..i], lines[i + 1], lines[i], .. lines[(i + 2)..]]), id, i);
                }

                AssertDamaged(Join([.. lines[..(i + 1)], lines[i], .. lines[(i + 1)..]]), id, i + 1);
            }
        }
    }

    [Fact]
    public async Task Nothing_is_touched_under_a_damaged_journal_and_every_command_says_so()
    {
        var (id, bytes) = journals[^1];
        var path = Path.Combine(world.StateFolder, world.AppName, "operations", id, "journal.jsonl");
        var middle = bytes.Length * 2 / 3;
        bytes[middle] ^= 1;
        await File.WriteAllBytesAsync(path, bytes);
        var session = world.NewSession();
        var name = world.AppName;
        Func<Task>[] commands =
        [
            () => new ResumeUpdate(session).RunAsync(new ResumeOptions { Name = name }, CancellationToken.None),
            () => new UndoUpdate(session).RunAsync(new UndoOptions { Name = name }, CancellationToken.None),
            () => new UpdateApp(session).RunAsync(new UpdateOptions { Name = name, Version = ServiceKillWorld.Good }, CancellationToken.None),
        ];
        foreach (var command in commands)
        {
            var error = await Assert.ThrowsAsync<AppException>(command);
            Assert.Equal(ErrorIds.JournalDamaged, error.ErrorId);
        }

        Assert.Equal(bytes, await File.ReadAllBytesAsync(path));
        Assert.Contains(await new GetHistory(session).RunAsync(name, CancellationToken.None), h => h.OperationId == id && h.ErrorId == ErrorIds.JournalDamaged);
        var status = await new GetStatus(session).RunAsync(name, CancellationToken.None);
        Assert.Contains(status.Problems, p => p.ErrorId == ErrorIds.JournalDamaged);
    }

    private static void AssertDamaged(byte[] bytes, string id, int wholeLines)
    {
        try
        {
            var entries = Entries(bytes, id);
            // Only the last line's end was hit: then it looks like one that a crash cut off, which is as good as never written.
            Assert.True(entries.Count == bytes.AsSpan().Count((byte)'\n'), $"{entries.Count} entries were believed");
            Assert.NotEqual((byte)'\n', bytes[^1]);
        }
        catch (AppException e)
        {
            Assert.Equal(ErrorIds.JournalDamaged, e.ErrorId);
            Assert.Contains(id, e.Message, StringComparison.Ordinal);
            Assert.NotNull(e.Error.RecommendedAction);
            if (wholeLines > 0)
            {
                Assert.Contains("of app from 1.", e.Message, StringComparison.Ordinal);
                Assert.Contains($"last whole entry, line {wholeLines} at", e.Message, StringComparison.Ordinal);
            }
        }
    }

    private static byte[] Join(string[] lines) => Encoding.UTF8.GetBytes(string.Join('\n', lines) + "\n");

    private static List<string> Entries(ReadOnlySpan<byte> bytes, string id) =>
        JournalReader.Parse(JournalFile.Lines(bytes), id).Select(JournalCodec.Write).ToList();
}
