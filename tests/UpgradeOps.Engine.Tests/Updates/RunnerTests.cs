using UpgradeOps.Engine.Tests.Simulation;

namespace UpgradeOps.Engine.Tests.Updates;

public sealed class RunnerTests
{
    [Fact]
    public async Task A_good_update_is_kept()
    {
        var sim = new Sim(SimWorld.Running("1.0.0"));
        var result = await sim.UpdateAsync("1.1.0");
        Assert.Equal(UpdateStatus.Kept, result.Status);
        Assert.Equal(("1.0.0", "1.1.0"), (result.From, result.To));
        Assert.All(result.Steps, s => Assert.Equal(StepOutcome.Done, s.Outcome));
        Assert.Single(result.BackupIds);
        Convergence.Check(sim, "1.1.0", "1.1.0", "good");
    }

    [Fact]
    public async Task A_sick_update_is_undone_with_evidence_and_remembered()
    {
        var sim = new Sim(SimWorld.Running("1.0.0"));
        sim.World.Sick.Add("1.1.0");
        var result = await sim.UpdateAsync("1.1.0");
        Assert.Equal(UpdateStatus.Undone, result.Status);
        Assert.Equal(ErrorIds.NotHealthy, result.Error!.ErrorId);
        Assert.Contains("evidence-log.txt", result.Evidence);
        Convergence.Check(sim, "1.0.0", "1.0.0", "sick");

        var again = await sim.UpdateAsync("1.1.0");
        Assert.Equal(UpdateStatus.Refused, again.Status);
        Assert.Equal(ErrorIds.KnownBad, again.Error!.ErrorId);
        Assert.Equal("1.1.0", Assert.Single(sim.State.Memory.KnownBad).Version);
    }

    [Fact]
    public async Task After_a_migration_the_policy_stop_waits_for_a_person_and_touches_nothing()
    {
        var sim = new Sim(SimWorld.Running("1.0.0"), DataPolicy.Stop);
        sim.World.Sick.Add("2.0.0");
        var result = await sim.UpdateAsync("2.0.0");
        Assert.Equal(UpdateStatus.NeedsAttention, result.Status);
        Assert.Equal(ErrorIds.DataNeedsChoice, result.Error!.ErrorId);
        Assert.Contains("Undo-AppUpdate", result.Next, StringComparison.Ordinal);
        Assert.Contains("rows are newer than the backup", result.Error.Message, StringComparison.Ordinal);
        Assert.Equal("2.0.0", sim.World.Configured);

        var undone = await sim.GoBackAsync(DataPolicy.Restore);
        Assert.Equal(UpdateStatus.Undone, undone!.Status);
        Assert.Equal(1, sim.World.Databases["live"].Schema);
        Assert.Equal(2, undone.BackupIds.Count);
        Assert.Equal(DataPolicy.Restore, undone.Data);
        Assert.Equal("database", Assert.Single(undone.KeptAside).Kind);
        Convergence.Check(sim, "1.0.0", "1.0.0", "chosen");
    }

    [Fact]
    public async Task After_a_migration_the_policy_keep_goes_back_with_the_data_as_it_is()
    {
        var sim = new Sim(SimWorld.Running("1.0.0"), DataPolicy.Keep);
        sim.World.Sick.Add("2.0.0");
        var result = await sim.UpdateAsync("2.0.0");
        Assert.Equal(UpdateStatus.Undone, result.Status);
        Assert.Equal(2, sim.World.Databases["live"].Schema);
        Assert.Single(sim.World.Databases);
    }

    [Fact]
    public async Task With_the_policy_restore_writes_end_before_the_backup_begins()
    {
        var sim = new Sim(SimWorld.Running("1.0.0"), DataPolicy.Restore);
        sim.World.Sick.Add("2.0.0");
        var result = await sim.UpdateAsync("2.0.0");
        Assert.Equal(UpdateStatus.Undone, result.Status);
        Assert.True(sim.World.Log.IndexOf("stop c0") < sim.World.Log.IndexOf("backup"));
        Assert.Equal(1, sim.World.Databases["live"].Schema);
        Assert.Contains(sim.World.Databases.Keys, k => k.StartsWith("aside-", StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_host_that_stays_away_is_no_verdict_and_what_was_begun_goes_on_when_it_is_back()
    {
        var sim = new Sim(SimWorld.Running("1.0.0"));
        sim.World.Away = true;
        var result = await sim.UpdateAsync("1.1.0");
        Assert.Equal((UpdateStatus.Interrupted, ErrorIds.HostUnreachable), (result.Status, result.Error!.ErrorId));
        Assert.Contains("Resume-AppUpdate", result.Next, StringComparison.Ordinal);
        Assert.Equal("1.1.0", sim.World.Configured);
        Assert.DoesNotContain(result.Steps, s => s.Outcome == StepOutcome.Undone);

        sim.World.Away = false;
        Assert.Equal(UpdateStatus.Kept, (await sim.ResumeAsync())!.Status);
        Convergence.Check(sim, "1.1.0", "1.1.0", "back");
    }

    [Fact]
    public async Task A_host_that_stays_away_on_the_way_back_is_waited_for_too()
    {
        var sim = new Sim(SimWorld.Running("1.0.0"));
        sim.World.Away = true;
        await sim.UpdateAsync("1.1.0");
        Assert.Equal((UpdateStatus.Interrupted, ErrorIds.HostUnreachable), await sim.GoBackAsync() is { } back ? (back.Status, back.Error!.ErrorId) : default);

        sim.World.Away = false;
        Assert.Equal(UpdateStatus.Undone, (await sim.ResumeAsync())!.Status);
        Convergence.Check(sim, "1.0.0", "1.0.0", "back");
    }

    [Fact]
    public async Task A_stop_that_is_asked_for_is_answered_between_two_steps_and_can_be_resumed()
    {
        var sim = new Sim(SimWorld.Running("1.0.0"));
        using var stop = new CancellationTokenSource();
        await stop.CancelAsync();
        var rooms = sim.Rooms;
        await using (var lease = await sim.State.TakeLeaseAsync("update", CancellationToken.None))
        {
            var plan = await new Engine.Updates.Planning.UpdatePlanner(rooms)
                .PlanAsync(new() { Name = "sim", Version = "1.1.0" }, CancellationToken.None);
            var transaction = await Engine.Updates.Running.Transaction.BeginAsync(rooms, lease, plan, CancellationToken.None);
            var stopped = await transaction.RunAsync(repeatUncertain: false, stop.Token);
            Assert.Equal(UpdateStatus.Interrupted, stopped.Status);
            Assert.Contains("Resume-AppUpdate", stopped.Next, StringComparison.Ordinal);
        }

        var resumed = await sim.ResumeAsync();
        Assert.Equal(UpdateStatus.Kept, resumed!.Status);
        Assert.True(resumed.Resumed);
    }
}
