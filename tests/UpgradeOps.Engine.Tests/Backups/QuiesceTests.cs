using UpgradeOps.Engine.Backups;
using UpgradeOps.Engine.Tests.Backups.Fakes;

namespace UpgradeOps.Engine.Tests.Backups;

/// <summary>Writers are held while the data is copied, the pause is told, and nobody is ever left held.</summary>
public sealed class QuiesceTests
{
    [Fact]
    public async Task Writers_are_written_down_then_held_then_released_then_struck_out()
    {
        using var app = new TestApp();
        var writers = new FakeWriters();
        app.Volumes.WrittenTo = true;
        var backup = await app.Room().CreateAsync(Request(writers), default);
        Assert.Equal(["remember app-1", "hold app-1", "release app-1", "remember "], writers.Told);
        Assert.Equal(BackupConsistency.Quiesced, backup.Consistency);
        Assert.NotNull(backup.HeldSeconds);
        Assert.Equal(0, backup.SpreadSeconds);
        Assert.Equal(backup.HeldSeconds, (await app.Room().GetAsync(backup.BackupId, default)).HeldSeconds);
    }

    [Fact]
    public async Task A_backup_that_fails_releases_them_and_says_why_it_failed()
    {
        using var app = new TestApp();
        var writers = new FakeWriters();
        app.Database.CutBytes = 10;
        Assert.Equal(ErrorIds.BackupFailed, (await Assert.ThrowsAsync<AppException>(() => app.Room().CreateAsync(Request(writers), default))).ErrorId);
        Assert.Equal(["release app-1", "remember "], writers.Told[^2..]);
    }

    [Fact]
    public async Task Who_cannot_be_held_is_released_too_and_nothing_is_listed()
    {
        using var app = new TestApp();
        var writers = new FakeWriters { Refuses = true };
        await Assert.ThrowsAsync<AppException>(() => app.Room().CreateAsync(Request(writers), default));
        Assert.Equal(["remember app-1", "hold app-1", "release app-1", "remember "], writers.Told);
        Assert.Empty((await app.Room().ListAsync(everywhere: true, default)).Backups);
    }

    [Fact]
    public async Task Without_a_wish_nobody_is_held_and_the_sources_are_moments_apart()
    {
        using var app = new TestApp();
        var writers = new FakeWriters { AreHeld = false };
        var backup = await app.Room().CreateAsync(Request(writers), default);
        Assert.Empty(writers.Told);
        Assert.Null(backup.HeldSeconds);
        Assert.True(backup.SpreadSeconds > 0);
    }

    [Fact]
    public async Task A_step_that_was_killed_while_it_held_them_releases_them_when_done_again_or_undone()
    {
        foreach (var undone in new[] { true, false })
        {
            using var app = new TestApp();
            var writers = new FakeWriters();
            var room = app.Room(writers);
            var planned = new PlannedStep
            {
                Id = "", Kind = "backup.create", Phase = StepPhase.BackUp, Description = "", Reversibility = Reversibility.Additive,
                Repeatable = Repeatability.Idempotent, Inputs = new Dictionary<string, string> { ["hold"] = "true", ["quiesced"] = "false" },
            };
            var operation = new FakeOperation(room, [planned]);
            var step = room.Create(operation.Plan[0]);

            // The process ended between holding and releasing: what it had written down is all that is left of it.
            await operation.Context(operation.Plan[0]).RecordAsync("held", "[\"app-1\"]", default);
            if (undone)
                await step.UndoAsync(operation.Context(operation.Plan[0]), default);
            else
                await step.DoAsync(operation.Context(operation.Plan[0]), default);
            Assert.Equal("release app-1", writers.Told[0]);
            Assert.Equal("[]", operation.Context(operation.Plan[0]).Outputs["held"]);
            Assert.Equal(undone ? 1 : 3, writers.Told.Count);
        }
    }

    private static BackupRequest Request(FakeWriters writers) => new()
    {
        BackupId = "20260301T020000000Z-0001",
        Hold = new WriterHold(writers, writers.RememberAsync, TimeProvider.System),
    };
}
