using UpgradeOps.Engine.Progress;
using UpgradeOps.Integration.Updates;

namespace UpgradeOps.Integration.Faults;

/// <summary>An engine of the suite's own is restarted and pruned in the middle of updates.</summary>
public sealed class EngineFaultTests(RegistryFixture registry) : IClassFixture<RegistryFixture>
{
    [Fact]
    public async Task An_engine_that_is_restarted_or_pruned_in_the_middle()
    {
        Needs.Stack();
        Needs.Parts(Part.Dockerd);
        await using var engine = await SecondEngine.StartAsync();
        await using var proxy = await FaultyRegistry.StartAsync(registry.Server);
        var images = new TestImages(registry.Server) { Host = proxy.Host };
        await using var world = await FaultWorld.StartAsync(images, new KmpStackOptions { DockerHost = engine.Address, Subnet = engine.Subnet, Bake = "3s" });

        // So slow that the restart finds the pull under way.
        proxy.Inject(new RegistryFault(RegistryFaultKind.Slow) { From = RegistryClientKind.Engine, Delay = TimeSpan.FromMinutes(2) });
        Task? restart = null;
        world.Moment.At(ProgressKind.StepStarted, "compose.pull", () =>
        {
            restart = RestartOnceAskedAsync(engine, proxy);
            return Task.CompletedTask;
        });
        var version = await PublishAsync(images, 1);
        var pulled = await world.UpdateAsync(version);
        await restart!;
        await world.ExpectAsync("engine-pull", pulled, version);
        await world.GoBackAsync();

        await RestartAtAsync(world, engine, "engine-create", "compose.create", await PublishAsync(images, 2));
        await RestartWithinAsync(world, engine, "engine-creating", done: false, await PublishAsync(images, 6));
        await RestartWithinAsync(world, engine, "engine-created", done: true, await PublishAsync(images, 7));
        await RestartAtAsync(world, engine, "engine-health", "health.verify", await PublishAsync(images, 3));
        await RestartAtAsync(world, engine, "engine-bake", "health.bake", await PublishAsync(images, 5));

        version = await PublishAsync(images, 4);
        world.Moment.At(ProgressKind.StepStarted, "compose.start", () => engine.RunAsync("system", "prune", "--all", "--force"));
        await world.ExpectAsync("engine-prune", await world.UpdateAsync(version), version);
    }

    private static async Task RestartAtAsync(FaultWorld world, SecondEngine engine, string key, string step, string version)
    {
        // Down when the step begins, and up again while it runs.
        Task up = Task.CompletedTask;
        world.Moment.At(ProgressKind.StepStarted, step, async () => up = await engine.RestartAsync());
        var outcome = await world.UpdateAsync(version);
        await up;
        await world.ExpectAsync(key, outcome, version);
        if (outcome.Status == UpdateStatus.Kept)
            await world.GoBackAsync();
    }

    /// <summary>In the middle of <c>docker compose create</c>: its question to the engine breaks off.</summary>
    /// <param name="done">Whether the container is made all the same.</param>
    private static async Task RestartWithinAsync(FaultWorld world, SecondEngine engine, string key, bool done, string version)
    {
        await using var door = new EngineDoor(engine.Address);
        world.EngineAddress = door.Address;
        Func<bool>? happened = null;
        world.Moment.At(ProgressKind.StepStarted, "compose.create", () =>
        {
            happened = door.At("/containers/create?", done, async () => await await engine.RestartAsync());
            return Task.CompletedTask;
        });
        var outcome = await world.UpdateAsync(version);
        Assert.True(happened?.Invoke(), $"{key}: nothing was made: {outcome}");
        world.EngineAddress = null;
        await world.ExpectAsync(key, outcome, version);
        if (outcome.Status == UpdateStatus.Kept)
            await world.GoBackAsync();
    }

    private static async Task RestartOnceAskedAsync(SecondEngine engine, FaultyRegistry proxy)
    {
        await Until.TrueAsync(() => Task.FromResult(proxy.Hits > 0), TimeSpan.FromSeconds(60), "the engine's first question to the registry");
        var up = await engine.RestartAsync();
        proxy.Inject(null);
        await up;
    }

    private static async Task<string> PublishAsync(TestImages images, int number)
    {
        var version = $"v5.0.{number}";
        await images.PublishAsync(KmpRelease.V110 with { Version = version });
        return version;
    }
}
