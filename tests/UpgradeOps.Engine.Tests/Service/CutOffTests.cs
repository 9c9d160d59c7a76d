using UpgradeOps.Engine.Platforms.Service;
using UpgradeOps.Engine.Steps;

namespace UpgradeOps.Engine.Tests.Service;

/// <summary>Each step cut off before, in the middle of, and after its effect; then observed and done again, or undone.</summary>
public sealed class CutOffTests : IAsyncDisposable
{
    private readonly ServiceRig rig = new();

    public ValueTask DisposeAsync() => rig.DisposeAsync();

    public static TheoryData<string, Cut> Cuts
    {
        get
        {
            var data = new TheoryData<string, Cut>();
            foreach (var kind in new[] { ServiceSteps.Stage, ServiceSteps.Stop, ServiceSteps.Link, ServiceSteps.Start })
            {
                foreach (var cut in Enum.GetValues<Cut>())
                    data.Add(kind, cut);
            }

            return data;
        }
    }

    public enum Cut
    {
        Before,
        AfterRecord,
        After,
    }

    [Theory]
    [MemberData(nameof(Cuts))]
    public async Task Going_on_ends_in_the_new_version(string kind, Cut cut)
    {
        var steps = await CutAsync(kind, cut);
        var at = steps.ToList().FindIndex(s => s.Kind == kind);

        var step = rig.Platform.Create(steps[at]);
        var seen = await step.ObserveAsync(rig.Memory.For(steps[at]), ServiceRig.Token);
        foreach (var next in steps.Skip(seen == StepState.Done ? at + 1 : at))
            await rig.Platform.Create(next).DoAsync(rig.Memory.For(next), ServiceRig.Token);

        Assert.Equal(cut == Cut.After ? StepState.Done : cut == Cut.Before ? StepState.NotDone : seen, seen);
        var deployment = await rig.Platform.InspectAsync(ServiceRig.Token);
        Assert.Equal(("1.1.0", true), (deployment.Version, deployment.IsRunning));
        Assert.Equal("releases/1.1.0", new FileInfo(rig.Paths.Current).LinkTarget);
        var start = steps.Single(s => s.StartsNew);
        Assert.Contains(deployment.Instances[0].Id, rig.Memory.For(start).Outputs["newInstances"]);
    }

    [Theory]
    [MemberData(nameof(Cuts))]
    public async Task Going_back_ends_in_the_old_version(string kind, Cut cut)
    {
        var steps = await CutAsync(kind, cut);
        var at = steps.ToList().FindIndex(s => s.Kind == kind);

        await rig.UndoAsync(steps.Take(at + 1));

        var deployment = await rig.Platform.InspectAsync(ServiceRig.Token);
        Assert.Equal(("1.0.0", true), (deployment.Version, deployment.IsRunning));
        Assert.Equal("releases/1.0.0", new FileInfo(rig.Paths.Current).LinkTarget);
        Assert.Empty(Directory.GetDirectories(rig.Paths.Releases, ".staging-*"));
    }

    [Fact]
    public async Task Half_a_copy_is_begun_anew()
    {
        await rig.InstallAsync(await rig.PublishAsync("1.0.0"));
        var steps = await rig.PlanAsync(await rig.PublishAsync("1.1.0"));
        Directory.CreateDirectory(Path.Combine(rig.Paths.Staging("op-1"), "half"));

        await rig.Platform.Create(steps[0]).DoAsync(rig.Memory.For(steps[0]), ServiceRig.Token);

        Assert.False(Directory.Exists(rig.Paths.Release("1.1.0/half")));
        Assert.True(File.Exists(rig.Paths.Release("1.1.0/run")));
    }

    [Fact]
    public async Task Half_a_record_goes_with_the_way_back()
    {
        await rig.InstallAsync(await rig.PublishAsync("1.0.0"));
        var steps = await CutAsync(ServiceSteps.Stage, Cut.After, install: false);
        var half = Path.Combine(rig.Paths.Records, $".1.1.0.json.{Guid.NewGuid():N}.tmp");
        await File.WriteAllTextAsync(half, "{", ServiceRig.Token);

        await rig.UndoAsync(steps.Take(1));

        Assert.False(File.Exists(half));
        Assert.True(File.Exists(rig.Paths.Record("1.0.0")));
    }

    [Fact]
    public async Task A_launch_of_the_new_version_that_comes_up_late_does_not_survive_the_way_back()
    {
        await rig.InstallAsync(await rig.PublishAsync("1.0.0"));
        var steps = await CutAsync(ServiceSteps.Link, Cut.After, install: false);
        await rig.Supervisor.StartAsync(rig.Paths.Release("1.1.0"), ServiceRig.Token);

        await rig.UndoAsync(steps.Take(3));

        Assert.Equal(rig.Paths.Release("1.0.0"), (await rig.AliveAsync())!.ReleaseFolder);
    }

    [Fact]
    public async Task A_failed_start_goes_back_to_the_old_version()
    {
        await rig.InstallAsync(await rig.PublishAsync("1.0.0"));
        var steps = await rig.PlanAsync(await rig.PublishAsync("1.1.0", ServiceRig.DeadOnArrival));
        rig.Memory = new OperationMemory();
        foreach (var step in steps.Take(3))
            await rig.Platform.Create(step).DoAsync(rig.Memory.For(step), ServiceRig.Token);

        var error = await Assert.ThrowsAsync<AppException>(() => rig.Platform.Create(steps[3]).DoAsync(rig.Memory.For(steps[3]), ServiceRig.Token));
        await rig.UndoAsync(steps.Take(4));

        Assert.Equal(ErrorIds.ServiceStartFailed, error.ErrorId);
        Assert.Equal(rig.Paths.Release("1.0.0"), (await rig.AliveAsync())!.ReleaseFolder);
    }

    /// <summary>Brings 1.1.0 on its way from 1.0.0, up to where the step of this kind is cut off.</summary>
    private async Task<IReadOnlyList<PlannedStep>> CutAsync(string kind, Cut cut, bool install = true)
    {
        if (install)
            await rig.InstallAsync(await rig.PublishAsync("1.0.0"));
        var steps = await rig.PlanAsync(await rig.PublishAsync("1.1.0"));
        rig.Memory = new OperationMemory();
        foreach (var step in steps)
        {
            var isLast = step.Kind == kind;
            if (isLast && cut == Cut.Before)
                break;
            rig.Memory.CutAfterRecord = isLast && cut == Cut.AfterRecord;
            try
            {
                await rig.Platform.Create(step).DoAsync(rig.Memory.For(step), ServiceRig.Token);
            }
            catch (CutOffException)
            {
                break;
            }

            if (isLast)
                break;
        }

        rig.Memory.CutAfterRecord = false;
        return steps;
    }
}
