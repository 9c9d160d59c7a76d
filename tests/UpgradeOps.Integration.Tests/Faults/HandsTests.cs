using UpgradeOps.Engine.Operations;
using UpgradeOps.Engine.Progress;
using UpgradeOps.Integration.Updates;

namespace UpgradeOps.Integration.Faults;

/// <summary>People and publishers who do something else at the same time: nothing of theirs is lost, and the result says what became of it.</summary>
public sealed class HandsTests(RegistryFixture registry) : IClassFixture<RegistryFixture>
{
    private static int s_releases;

    [Fact]
    public async Task Edits_stay_and_are_told()
    {
        Needs.Stack();
        await using var world = await FaultWorld.StartAsync(registry.Images);
        var composed = await File.ReadAllTextAsync(world.Stack.ComposeFile);
        var env = await File.ReadAllTextAsync(world.Stack.EnvFile);
        var edited = composed + "\n# somebody's edit\n";
        Task EditAsync() => File.WriteAllTextAsync(world.Stack.ComposeFile, edited);
        Task EditEnvAsync() => File.AppendAllTextAsync(world.Stack.EnvFile, "\nOTHER=line\n");

        var version = await PublishAsync();
        world.Moment.At(ProgressKind.StepStarted, "compose.create", EditAsync);
        await world.ExpectAsync("edit-before", await world.UpdateAsync(version), version);
        Assert.Equal(edited, await File.ReadAllTextAsync(world.Stack.ComposeFile));
        await File.WriteAllTextAsync(world.Stack.ComposeFile, composed);

        world.Moment.At(ProgressKind.StepStarted, "compose.create", EditEnvAsync);
        await world.ExpectAsync("edit-env", await world.UpdateAsync(version), version, env + "\nOTHER=line\n");
        await File.WriteAllTextAsync(world.Stack.EnvFile, env);

        var sick = await PublishAsync(KmpBehaviour.Unhealthy);
        world.Moment.At(ProgressKind.StepFailed, "health.verify", async () =>
        {
            await EditAsync();
            await EditEnvAsync();
        });
        var undone = await world.UpdateAsync(sick);
        await world.ExpectAsync("edit-undo", undone, sick, env + "\nOTHER=line\n");
        Assert.Equal(edited, await File.ReadAllTextAsync(world.Stack.ComposeFile));
        Assert.Equal(2, undone.Findings.Count(f => f.ErrorId == ErrorIds.ConfigurationEdited));
        await File.WriteAllTextAsync(world.Stack.ComposeFile, composed);
        await File.WriteAllTextAsync(world.Stack.EnvFile, env);

        world.Moment.At(ProgressKind.StepStarted, "health.verify", EditAsync);
        var kept = await world.UpdateAsync(version);
        await world.ExpectAsync("edit-after", kept, version);
        Assert.Equal(edited, await File.ReadAllTextAsync(world.Stack.ComposeFile));
        Assert.Contains(kept.Findings, f => f.ErrorId == ErrorIds.ConfigurationEdited && f.Target == world.Stack.ComposeFile && f.RecommendedAction!.Contains("up --detach", StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_tag_that_moves_changes_nothing_that_was_planned()
    {
        Needs.Stack();
        await using var world = await FaultWorld.StartAsync(registry.Images);
        var release = KmpRelease.V110 with { Version = "v4.9.0" };
        var planned = await registry.Images.PublishAsync(release, "moving");
        await DeclareAsync(world, "nightly: nightly", "nightly: moving");
        world.Moment.At(ProgressKind.StepStarted, "compose.pull", async () =>
        {
            await registry.Images.PublishAsync(release with { Build = 2 }, "moving");
            await registry.Images.WithdrawAsync(planned);
        });
        await world.ExpectAsync("tag-withdrawn", await world.UpdateAsync(channel: "nightly"), "moving");

        planned = await registry.Images.PublishAsync(release with { Build = 3 }, "moving");
        world.Moment.At(ProgressKind.StepStarted, "compose.pull", () => registry.Images.PublishAsync(release with { Build = 4 }, "moving"));
        var outcome = await world.UpdateAsync(channel: "nightly");
        Assert.Equal(planned, outcome.Result?.ToDigest);
        Assert.Equal((await world.StatusAsync()).RunningDigest, planned);
        await Until.TrueAsync(async () => await world.Stack.VersionAsync() == "v4.9.0", TimeSpan.FromSeconds(30), "v4.9.0");
        FaultReport.Add(FaultTable.Row("tag-moves"), outcome, TimeSpan.FromSeconds(outcome.Result!.DurationSeconds));
        Assert.Equal(UpdateStatus.Kept, outcome.Status);
    }

    [Fact]
    public async Task The_second_of_two_administrators_is_refused()
    {
        Needs.Stack();
        await using var world = await FaultWorld.StartAsync(registry.Images);
        var version = await PublishAsync();
        FaultOutcome? second = null;
        world.Moment.At(ProgressKind.StepStarted, "compose.create", async () =>
            second = await world.AskAsync(() => new UpdateApp(world.Open()).RunAsync(new UpdateOptions { Name = world.Name, Version = version }, CancellationToken.None)));
        var first = await world.UpdateAsync(version);
        Assert.True(first.Status == UpdateStatus.Kept, first.ToString());
        Assert.Contains(Environment.UserName, second!.Error!.Message, StringComparison.Ordinal);
        Assert.Equal((UpdateStatus.Refused, ErrorIds.LockHeld), (second.Status, second.Error.ErrorId));
        Assert.Contains(FaultTable.Row("two-admins").Next!, second.Told, StringComparison.Ordinal);
        await world.ExpectStandingAsync(version, "two-admins");
        FaultReport.Add(FaultTable.Row("two-admins"), second, TimeSpan.FromSeconds(first.Result!.DurationSeconds));
    }

    [Theory]
    [InlineData("clock-forward", 1)]
    [InlineData("clock-back", -1)]
    public async Task A_clock_that_is_set_in_the_middle_changes_no_figure(string key, int days)
    {
        Needs.Stack();
        var clock = new SetClock();
        await using var world = await FaultWorld.StartAsync(registry.Images, time: clock);
        var version = await PublishAsync();
        world.Moment.At(ProgressKind.StepDone, "compose.stop", () =>
        {
            clock.Offset = TimeSpan.FromDays(days);
            return Task.CompletedTask;
        });
        var outcome = await world.UpdateAsync(version);
        await world.ExpectAsync(key, outcome, version);
        Assert.InRange(outcome.Result!.OutageSeconds!.Value, 0.01, 60);
        Assert.InRange(outcome.Result.DurationSeconds, outcome.Result.OutageSeconds!.Value, 600);
        await world.GoBackAsync();
        var history = await new GetHistory(world.Session).RunAsync(world.Name, CancellationToken.None);
        Assert.Equal([OperationKind.Undo, OperationKind.Update], history.OrderByDescending(h => h.OperationId, StringComparer.Ordinal).Select(h => h.Kind));
    }

    private async Task<string> PublishAsync(KmpBehaviour behaviour = KmpBehaviour.Healthy)
    {
        var version = $"v4.0.{Interlocked.Increment(ref s_releases)}";
        await registry.Images.PublishAsync(KmpRelease.V110 with { Version = version, Behaviour = behaviour });
        return version;
    }

    private static async Task DeclareAsync(FaultWorld world, string from, string to) =>
        await File.WriteAllTextAsync(world.Stack.DefinitionPath, (await File.ReadAllTextAsync(world.Stack.DefinitionPath)).Replace(from, to, StringComparison.Ordinal));

    /// <summary>The machine's clock, set by somebody.</summary>
    private sealed class SetClock : TimeProvider
    {
        public TimeSpan Offset { get; set; }

        public override DateTimeOffset GetUtcNow() => base.GetUtcNow() + Offset;
    }
}
