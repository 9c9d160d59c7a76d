using UpgradeOps.Engine.Operations;

namespace UpgradeOps.Integration.Updates;

/// <summary>A KMP installation on the real engine is updated, goes back by itself, and goes back when asked.</summary>
public sealed class ComposeUpdateTests(RegistryFixture registry) : IClassFixture<RegistryFixture>
{
    [Fact]
    public async Task A_good_version_is_kept_and_compose_agrees_with_the_result()
    {
        Needs.Stack();
        await using var stack = await KmpStack.StartAsync(registry.Images);
        using var admin = new Admin();
        var name = await admin.RegisterAsync(stack);
        var before = await File.ReadAllTextAsync(stack.EnvFile);

        var result = await admin.UpdateAsync(name, version: "v1.1.0");
        Assert.True(result.Status == UpdateStatus.Kept, Outcomes.Describe(result));
        Assert.Equal(("v1.0.0", "v1.1.0"), (result.From, result.To));
        Assert.Equal("v1.1.0", await stack.VersionAsync());
        Assert.Equal(before.Replace("KMP_IMAGE_TAG=v1.0.0 ", "KMP_IMAGE_TAG=v1.1.0 ", StringComparison.Ordinal), await File.ReadAllTextAsync(stack.EnvFile));
        Assert.InRange(result.OutageSeconds!.Value, 0.01, 30);
        Assert.Single(result.BackupIds);

        var container = await stack.ContainerAsync();
        (await stack.ComposeAsync("up", "--detach")).Expect("docker compose up");
        Assert.Equal(container, await stack.ContainerAsync());

        var status = await admin.StatusAsync(name);
        Assert.Equal("v1.1.0", status.RunningVersion);
        Assert.True(status.Healthy);
        Assert.Equal(UpdateStatus.NothingToDo, (await admin.UpdateAsync(name, version: "v1.1.0")).Status);
    }

    [Fact]
    public async Task A_version_that_never_gets_healthy_is_undone_with_every_byte_and_the_container_as_before()
    {
        Needs.Stack();
        await using var stack = await KmpStack.StartAsync(registry.Images);
        using var admin = new Admin();
        var name = await admin.RegisterAsync(stack);
        var env = await File.ReadAllBytesAsync(stack.EnvFile);
        var container = await stack.ContainerAsync();
        await stack.WriteAsync("before");

        var result = await admin.UpdateAsync(name, version: "v1.2.0");
        Assert.True(result.Status == UpdateStatus.Undone, Outcomes.Describe(result));
        Assert.Equal("v1.0.0", await stack.VersionAsync());
        Assert.Equal(env, await File.ReadAllBytesAsync(stack.EnvFile));
        Assert.Equal(container, await stack.ContainerAsync());
        Assert.Equal(1, await stack.RowsAsync());
        Assert.NotEmpty(result.Evidence);
        Assert.All(result.Evidence, f => Assert.True(File.Exists(f), f));

        var again = await admin.UpdateAsync(name, version: "v1.2.0");
        Assert.Equal((UpdateStatus.Refused, ErrorIds.KnownBad), (again.Status, again.Error!.ErrorId));
        Assert.Equal("v1.2.0", Assert.Single((await admin.StatusAsync(name)).KnownBad).Version);
    }

    [Fact]
    public async Task A_failed_migrating_update_with_policy_restore_goes_back_alone_with_nothing_lost()
    {
        Needs.Stack();
        var sick = KmpRelease.V130 with { Version = "v1.3.1", Behaviour = KmpBehaviour.Unhealthy };
        await registry.Images.PublishAsync(sick);
        await using var stack = await KmpStack.StartAsync(registry.Images, new KmpStackOptions { Database = DatabaseKind.Postgres });
        await File.WriteAllTextAsync(stack.DefinitionPath, (await File.ReadAllTextAsync(stack.DefinitionPath)).Replace("data: stop", "data: restore", StringComparison.Ordinal));
        using var admin = new Admin();
        var name = await admin.RegisterAsync(stack);
        await stack.WriteAsync("precious");

        var result = await admin.UpdateAsync(name, version: "v1.3.1");
        Assert.True(result.Status == UpdateStatus.Undone, Outcomes.Describe(result));
        Assert.Equal("v1.0.0", await stack.VersionAsync());
        Assert.Equal("precious", await stack.SqlAsync("SELECT note FROM entries"));
        Assert.Equal("CreateEntries", await stack.SqlAsync("SELECT migration_name FROM phinxlog ORDER BY version"));
    }

    [Fact]
    public async Task Undo_works_with_the_registry_off_and_after_a_prune_of_everything_unused()
    {
        Needs.Stack();
        await using var own = await RegistryServer.StartAsync();
        var images = new TestImages(own);
        // Images of its own: what others use must not be pruned under them.
        var build = Random.Shared.Next(1000, int.MaxValue);
        var (first, second) = (KmpRelease.V100 with { Build = build }, KmpRelease.V110 with { Build = build });
        await images.PublishAsync(first, "v1.0.0", "latest");
        await images.PublishAsync(second, "v1.1.0");
        await using var stack = await KmpStack.StartAsync(images, new KmpStackOptions { Tag = "latest" });
        using var admin = new Admin();
        var name = await admin.RegisterAsync(stack);
        // A moving tag: yesterday's latest must come back, not today's.
        await images.PublishAsync(second, "latest");
        var update = await admin.UpdateAsync(name, channel: "release");
        Assert.True(update.Status == UpdateStatus.Kept, Outcomes.Describe(update));
        Assert.Equal("v1.1.0", await stack.VersionAsync());

        await own.DisposeAsync();
        await Command.OutputAsync("docker", "image", "prune", "--all", "--force", "--filter", $"label=org.opencontainers.image.revision={build:x8}");
        admin.NewSession();
        var undone = await admin.UndoAsync(name);
        Assert.True(undone.Status == UpdateStatus.Kept, Outcomes.Describe(undone));
        Assert.Equal("v1.0.0", await stack.VersionAsync());
        Assert.Contains("KMP_IMAGE_TAG=latest", await File.ReadAllTextAsync(stack.EnvFile), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_chosen_channel_is_remembered_and_status_sees_what_is_new_in_it()
    {
        Needs.Stack();
        await using var stack = await KmpStack.StartAsync(registry.Images);
        using var admin = new Admin();
        var name = await admin.RegisterAsync(stack);
        Assert.False((await admin.StatusAsync(name)).UpdateAvailable);

        var result = await admin.UpdateAsync(name, channel: "beta");
        Assert.True(result.Status == UpdateStatus.Kept, Outcomes.Describe(result));
        admin.NewSession();
        var status = await admin.StatusAsync(name);
        Assert.Equal(("beta", "v1.1.0", false), (status.Channel, status.RunningVersion, status.UpdateAvailable));
    }

    [Fact]
    public async Task A_plan_is_what_runs_and_is_refused_once_the_world_has_moved()
    {
        Needs.Stack();
        await using var stack = await KmpStack.StartAsync(registry.Images);
        using var admin = new Admin();
        var name = await admin.RegisterAsync(stack);
        var plan = await new PlanUpdate(admin.Session).RunAsync(new UpdateOptions { Name = name, Version = "v1.1.0" }, CancellationToken.None);

        await File.AppendAllTextAsync(stack.EnvFile, "\nEDITED=1\n");
        var stale = await new UpdateApp(admin.Session).RunAsync(new UpdateOptions { Name = name, Plan = plan }, CancellationToken.None);
        Assert.Equal((UpdateStatus.Refused, ErrorIds.PlanStale), (stale.Status, stale.Error!.ErrorId));
        Assert.Contains(".env", stale.Error.Message, StringComparison.Ordinal);

        plan = await new PlanUpdate(admin.Session).RunAsync(new UpdateOptions { Name = name, Version = "v1.1.0" }, CancellationToken.None);
        var kept = await new UpdateApp(admin.Session).RunAsync(new UpdateOptions { Name = name, Plan = plan }, CancellationToken.None);
        Assert.True(kept.Status == UpdateStatus.Kept, Outcomes.Describe(kept));
        Assert.Equal(plan.Steps.Select(s => s.Id), kept.Steps.Select(s => s.Id));
    }
}
