using System.Text;
using UpgradeOps.Engine.Apps.Definition;
using UpgradeOps.Engine.Platforms;
using UpgradeOps.Engine.Platforms.Service;

namespace UpgradeOps.Engine.Tests.Service;

public sealed class ServicePlatformTests : IAsyncDisposable
{
    private readonly ServiceRig rig = new();

    public ValueTask DisposeAsync() => rig.DisposeAsync();

    [Fact]
    public async Task Nothing_installed_is_an_empty_deployment()
    {
        var deployment = await rig.Platform.InspectAsync(ServiceRig.Token);

        Assert.Equal("notes", deployment.Name);
        Assert.Null(deployment.Version);
        Assert.False(deployment.IsRunning);
    }

    [Fact]
    public async Task An_update_copies_stops_links_and_starts()
    {
        await rig.InstallAsync(await rig.PublishAsync("1.0.0"));
        var before = await rig.Platform.InspectAsync(ServiceRig.Token);

        var target = await rig.PublishAsync("1.1.0");
        var steps = await rig.InstallAsync(target);

        var after = await rig.Platform.InspectAsync(ServiceRig.Token);
        Assert.Equal(["service.stage", "service.stop", "service.link", "service.start", "service.keep"], steps.Select(s => s.Kind));
        Assert.Equal([StepPhase.Stage, StepPhase.Switch, StepPhase.Switch, StepPhase.Switch, StepPhase.Keep], steps.Select(s => s.Phase));
        Assert.Equal(["service.stop", "service.link", "service.start"], steps.Where(s => s.CausesOutage).Select(s => s.Kind));
        Assert.Equal("1.0.0", before.Version);
        Assert.Equal(("1.1.0", "1.1.0", target.Release.Digest, rig["incoming"]), (after.Version, after.Tag, after.Digest, after.Source));
        Assert.Equal(rig.Paths.Release("1.1.0"), after.Artifact);
        var instance = Assert.Single(after.Instances);
        Assert.Equal((rig.Paths.Release("1.1.0"), "running"), (instance.Artifact, instance.State));
        Assert.NotEqual(before.Instances[0].Id, instance.Id);
        Assert.Equal("releases/1.1.0", new FileInfo(rig.Paths.Current).LinkTarget);
        var start = rig.Memory.For(steps.Single(s => s.StartsNew)).Outputs;
        Assert.Equal($"[\"{instance.Id}\"]", start[PlatformOutputs.NewInstances]);
    }

    [Fact]
    public async Task Undoing_all_of_it_is_what_was_before()
    {
        await rig.InstallAsync(await rig.PublishAsync("1.0.0"));
        var steps = await rig.InstallAsync(await rig.PublishAsync("1.1.0"));

        await rig.UndoAsync(steps);
        var once = await rig.Platform.InspectAsync(ServiceRig.Token);
        await rig.UndoAsync(steps);
        var twice = await rig.Platform.InspectAsync(ServiceRig.Token);

        Assert.Equal(("1.0.0", true), (once.Version, once.IsRunning));
        Assert.Equal("releases/1.0.0", new FileInfo(rig.Paths.Current).LinkTarget);
        Assert.Equal(once.Instances[0].Id, twice.Instances[0].Id);
    }

    [Fact]
    public async Task Undoing_the_first_installation_leaves_nothing_running_and_no_link()
    {
        var steps = await rig.InstallAsync(await rig.PublishAsync("1.0.0"));

        await rig.UndoAsync(steps);

        Assert.Null(await rig.AliveAsync());
        Assert.False(Path.Exists(rig.Paths.Current));
        Assert.True(Directory.Exists(rig.Paths.Release("1.0.0")));
    }

    [Fact]
    public async Task Going_back_later_uses_the_folder_that_is_still_there_and_fetches_nothing()
    {
        await rig.InstallAsync(await rig.PublishAsync("1.0.0"));
        var old = await rig.Platform.InspectAsync(ServiceRig.Token);
        await rig.InstallAsync(await rig.PublishAsync("1.1.0"));
        Directory.Delete(rig["incoming"], recursive: true);
        var target = new PlatformTarget
        {
            Release = new Release { Name = "notes", Version = "1.0.0", Tag = "1.0.0", Source = rig["incoming"], Digest = old.Digest },
            RecordedArtifact = old.Artifact,
        };

        Assert.Empty(await rig.Platform.CheckAsync(old, target, ServiceRig.Token));
        var steps = await rig.InstallAsync(target);

        Assert.DoesNotContain(steps, s => s.Kind == ServiceSteps.Stage);
        Assert.Equal("1.0.0", (await rig.Platform.InspectAsync(ServiceRig.Token)).Version);
    }

    [Fact]
    public async Task A_release_folder_that_was_changed_meanwhile_is_not_gone_back_to()
    {
        await rig.InstallAsync(await rig.PublishAsync("1.0.0"));
        File.AppendAllText(rig.Paths.Release("1.0.0/lib/data"), "tampered");
        var target = new PlatformTarget
        {
            Release = new Release { Name = "notes", Version = "1.0.0", Tag = "1.0.0", Source = rig["incoming"] },
            RecordedArtifact = rig.Paths.Release("1.0.0"),
        };

        var findings = await rig.Platform.CheckAsync(await rig.Platform.InspectAsync(ServiceRig.Token), target, ServiceRig.Token);

        var finding = Assert.Single(findings);
        Assert.Equal((ErrorIds.DigestMismatch, FindingSeverity.Blocker), (finding.ErrorId, finding.Severity));
        Assert.NotNull(finding.RecommendedAction);
    }

    [Fact]
    public async Task What_changed_between_resolving_and_staging_is_refused_before_anything_is_stopped()
    {
        await rig.InstallAsync(await rig.PublishAsync("1.0.0"));
        var target = await rig.PublishAsync("1.1.0");
        File.AppendAllText(rig["incoming/1.1.0/lib/data"], "changed");

        var error = await Assert.ThrowsAsync<AppException>(() => rig.InstallAsync(target));

        Assert.Equal(ErrorIds.DigestMismatch, error.ErrorId);
        Assert.False(Directory.Exists(rig.Paths.Release("1.1.0")));
        Assert.Equal(rig.Paths.Release("1.0.0"), (await rig.AliveAsync())!.ReleaseFolder);
    }

    [Fact]
    public async Task Other_content_of_the_same_version_goes_beside_the_first()
    {
        await rig.InstallAsync(await rig.PublishAsync("1.0.0"));
        var rebuilt = await rig.PublishAsync("1.0.0", "# rebuilt\n" + ServiceRig.Obedient);

        await rig.InstallAsync(rebuilt);

        var deployment = await rig.Platform.InspectAsync(ServiceRig.Token);
        Assert.Equal(rig.Paths.Release($"1.0.0-{rebuilt.Release.Digest!["sha256:".Length..][..12]}"), deployment.Artifact);
        Assert.Equal(("1.0.0", rebuilt.Release.Digest), (deployment.Version, deployment.Digest));
        Assert.Equal(ServiceRig.Obedient, File.ReadAllText(rig.Paths.Release("1.0.0/run")));
    }

    [Fact]
    public async Task Three_releases_are_kept_and_always_the_one_before()
    {
        foreach (var version in new[] { "1.0.0", "1.1.0", "1.2.0", "1.3.0" })
            await rig.InstallAsync(await rig.PublishAsync(version));
        Directory.CreateDirectory(rig.Paths.Staging("op-of-somebody-killed"));

        var back = new PlatformTarget
        {
            Release = new Release { Name = "notes", Version = "1.1.0", Tag = "1.1.0", Source = rig["incoming"] },
            RecordedArtifact = rig.Paths.Release("1.1.0"),
        };
        await rig.InstallAsync(back);
        await rig.InstallAsync(await rig.PublishAsync("1.4.0"));

        // 1.1.0 is older than 1.2.0 and 1.3.0, but it is what ran before.
        Assert.Equal(["1.1.0", "1.3.0", "1.4.0"], Releases());
        Assert.Equal(["1.1.0.json", "1.3.0.json", "1.4.0.json"], Directory.GetFiles(rig.Paths.Records).Select(Path.GetFileName).Order());
        Assert.Equal([".records"], Directory.GetDirectories(rig.Paths.Releases, ".*").Select(Path.GetFileName));
    }

    [Fact]
    public async Task Preflight_tells_what_would_fail()
    {
        var target = await rig.PublishAsync("1.0.0");
        var huge = target with { Release = target.Release with { SizeBytes = long.MaxValue / 2 } };
        var gone = target with { Release = target.Release with { Tag = "9.9.9" } };
        var deployment = await rig.Platform.InspectAsync(ServiceRig.Token);
        var definition = rig.Definition with
        {
            Platform = new PlatformDefinition { Service = rig.Definition.Platform.Service! with { Command = ["./serve"], Directory = rig["nowhere"] } },
        };
        await using var broken = new ServicePlatform(definition, rig.Host, TimeProvider.System);

        Assert.Empty(await rig.Platform.CheckAsync(deployment, target, ServiceRig.Token));
        Assert.Equal([ErrorIds.DiskTooFull], await IdsAsync(rig.Platform, huge));
        Assert.Equal([ErrorIds.ReleaseNotFound], await IdsAsync(rig.Platform, gone));
        Assert.Equal([ErrorIds.HostFileFailed, ErrorIds.HostCommandMissing], await IdsAsync(broken, target));

        async Task<IEnumerable<string>> IdsAsync(ServicePlatform platform, PlatformTarget to) =>
            (await platform.CheckAsync(deployment, to, ServiceRig.Token)).Select(f => f.ErrorId);
    }

    [Fact]
    public async Task Writers_are_stopped_and_started_where_current_points()
    {
        await rig.InstallAsync(await rig.PublishAsync("1.0.0"));

        var stopped = await rig.Platform.StopWritersAsync(ServiceRig.Token);
        var between = await rig.AliveAsync();
        await rig.Platform.StartWritersAsync([], ServiceRig.Token);
        var none = await rig.AliveAsync();
        await rig.Platform.StartWritersAsync(stopped, ServiceRig.Token);

        Assert.Single(stopped);
        Assert.Null(between);
        Assert.Null(none);
        Assert.Equal(rig.Paths.Release("1.0.0"), (await rig.AliveAsync())!.ReleaseFolder);
    }

    [Fact]
    public async Task Logs_are_those_of_the_present_process_and_are_followed()
    {
        await rig.InstallAsync(await rig.PublishAsync("1.0.0", "echo one\necho two\n" + ServiceRig.Obedient));
        await rig.InstallAsync(await rig.PublishAsync("1.1.0", "echo three\ntrap 'exit 0' TERM\nwhile ! [ -e go ]; do sleep 0.02; done\necho four\nwhile :; do sleep 0.02; done\n"));
        await rig.WaitForAsync(() => File.ReadAllText(rig.Paths.Log).Contains("three"));

        var tail = await rig.Platform.LogsAsync(3, follow: false, ServiceRig.Token).Select(l => l.Message).ToListAsync(ServiceRig.Token);
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(ServiceRig.Token);
        var followed = new List<string>();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(async () =>
        {
            await foreach (var line in rig.Platform.LogsAsync(1, follow: true, stop.Token))
            {
                followed.Add(line.Message);
                if (line.Message == "three")
                    File.WriteAllText(rig.Paths.Release("1.1.0/go"), "");
                else
                    await stop.CancelAsync();
            }
        });

        Assert.Equal(["three"], tail);
        Assert.Equal(["three", "four"], followed);
    }

    [Fact]
    public async Task Evidence_holds_the_log_and_what_ran()
    {
        await rig.InstallAsync(await rig.PublishAsync("1.0.0"));
        await rig.WaitForAsync(() => File.ReadAllText(rig.Paths.Log).Contains("serving"));

        var evidence = await rig.Platform.EvidenceAsync([], ServiceRig.Token);

        Assert.Contains("serving 1.0.0", Encoding.UTF8.GetString(evidence["app.log"]));
        Assert.Contains("\"version\": \"1.0.0\"", Encoding.UTF8.GetString(evidence["deployment.json"]));
    }

    private IEnumerable<string?> Releases() =>
        Directory.GetDirectories(rig.Paths.Releases).Select(Path.GetFileName).Where(n => !n!.StartsWith('.')).Order();
}
