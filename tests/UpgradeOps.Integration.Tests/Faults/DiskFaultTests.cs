using UpgradeOps.Engine.Operations;
using UpgradeOps.Engine.Progress;
using UpgradeOps.Integration.Updates;

namespace UpgradeOps.Integration.Faults;

/// <summary>Disks that become full at the worst moments: small file systems below the state and below the project.</summary>
public sealed class DiskFaultTests(RegistryFixture registry) : IClassFixture<RegistryFixture>
{
    [Fact]
    public async Task A_disk_that_becomes_full_in_the_middle()
    {
        Needs.Stack();
        Needs.Parts(Part.Mount);
        await using var world = await FaultWorld.StartAsync(registry.Images);
        var state = Path.Combine(world.StateRoot, world.Name);
        await using var disk = await SmallDisk.OverAsync(state, 48);
        await using var project = await SmallDisk.OverAsync(world.Stack.Folder, 1);

        disk.Fill();
        await ExpectAsync(world, disk, "disk-begin", "v1.1.0");

        world.Moment.At(ProgressKind.StepStarted, "backup.create", () => Task.Run(disk.Fill));
        await ExpectAsync(world, disk, "disk-backup", "v1.1.0");
        Assert.Empty(await new ListBackups(world.Session).RunAsync(world.Name, CancellationToken.None));

        world.Moment.At(ProgressKind.StepStarted, "compose.env", () => Task.Run(project.Fill));
        await ExpectAsync(world, project, "disk-env", "v1.1.0");

        world.Moment.At(ProgressKind.StepDone, "compose.stop", () => Task.Run(disk.Fill));
        await ExpectAsync(world, disk, "disk-journal", "v1.1.0");
        await world.GoBackAsync();
        await ExpectHaltAsync(world, disk, state);
    }

    private static async Task ExpectAsync(FaultWorld world, SmallDisk disk, string key, string to)
    {
        var outcome = await world.UpdateAsync(to);
        disk.Free();
        await world.ExpectAsync(key, outcome, to);
    }

    private static async Task ExpectHaltAsync(FaultWorld world, SmallDisk disk, string state)
    {
        world.Moment.At(ProgressKind.StepDone, "compose.stop", () => Task.Run(() =>
        {
            File.Delete(Path.Combine(state, "reserve"));
            disk.Fill();
        }));
        var outcome = await world.UpdateAsync("v1.1.0");
        disk.Free();
        var row = FaultTable.Row("disk-journal-all");
        Assert.True(outcome.Status == row.Status && outcome.Error?.ErrorId == row.ErrorId, outcome.ToString());
        Assert.Contains(row.Next!, outcome.Told, StringComparison.Ordinal);
        FaultReport.Add(row, outcome, TimeSpan.FromSeconds(outcome.Result!.DurationSeconds));

        var resumed = await new ResumeUpdate(world.Session).RunAsync(new ResumeOptions { Name = world.Name }, CancellationToken.None);
        Assert.True(resumed.Status is UpdateStatus.Kept or UpdateStatus.Undone, FaultOutcome.Of(resumed).ToString());
        await world.ExpectStandingAsync(resumed.Status == UpdateStatus.Kept ? "v1.1.0" : FaultWorld.Before, row.Key);
    }
}
