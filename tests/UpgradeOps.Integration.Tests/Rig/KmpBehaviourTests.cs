using System.Net;

namespace UpgradeOps.Integration.Rig;

/// <summary>Each way in which a release can be bad really looks like that from outside.</summary>
public sealed class KmpBehaviourTests
{
    [Fact]
    public async Task An_unhealthy_release_answers_503_and_may_tell_an_old_version() =>
        await WithReleaseAsync(KmpRelease.V120 with { Reports = "v1.0.0" }, async stack =>
        {
            using var client = new HttpClient { BaseAddress = stack.Url };
            await Until.TrueAsync(async () => (await client.GetAsync("health")).StatusCode == HttpStatusCode.ServiceUnavailable,
                TimeSpan.FromSeconds(30), "503");
            Assert.Equal("v1.0.0", await stack.VersionAsync());
        });

    [Fact]
    public async Task An_exiting_release_restarts_again_and_again() =>
        await WithReleaseAsync(KmpRelease.V110 with { Behaviour = KmpBehaviour.Exits }, async stack =>
            await Until.TrueAsync(async () => int.Parse(await InspectAsync(stack, "{{.RestartCount}}")) > 1, TimeSpan.FromSeconds(20), "restarts"));

    [Fact]
    public async Task A_silent_release_takes_connections_and_stops_at_once() =>
        await WithReleaseAsync(KmpRelease.V110 with { Behaviour = KmpBehaviour.Silent }, async stack =>
        {
            // Until then the published port belongs to the engine's proxy, which resets what it cannot pass on.
            await Until.TrueAsync(async () => (await stack.ComposeAsync("logs", "app")).Output.Contains("listening"), TimeSpan.FromSeconds(20), "log");
            using var client = new HttpClient { BaseAddress = stack.Url, Timeout = TimeSpan.FromSeconds(1) };
            await Assert.ThrowsAsync<TaskCanceledException>(() => client.GetAsync("health"));
            var clock = System.Diagnostics.Stopwatch.StartNew();
            (await stack.ComposeAsync("stop")).Expect("stop");
            // Less than the ten seconds after which the engine would kill it.
            Assert.InRange(clock.Elapsed.TotalSeconds, 0, 9);
        });

    [Fact]
    public async Task A_dying_release_is_healthy_first() =>
        await WithReleaseAsync(KmpRelease.V110 with { DiesAfter = 2 }, async stack =>
        {
            await Until.TrueAsync(async () => await stack.VersionAsync() == "v1.1.0", TimeSpan.FromSeconds(30), "health");
            await Until.TrueAsync(async () => int.Parse(await InspectAsync(stack, "{{.RestartCount}}")) > 0, TimeSpan.FromSeconds(30), "death");
        });

    [Fact]
    public async Task A_failing_migration_ends_the_process_and_is_not_recorded() =>
        await WithReleaseAsync(KmpRelease.V110 with { Migrations = [KmpRelease.CreateEntries, KmpRelease.Broken] }, async stack =>
        {
            await Until.TrueAsync(async () => (await stack.ComposeAsync("logs", "app")).Output.Contains("Broken failed"), TimeSpan.FromSeconds(20), "log");
            Assert.Equal("CreateEntries", await stack.SqlAsync("SELECT migration_name FROM phinxlog"));
        }, DatabaseKind.Postgres);

    private static async Task WithReleaseAsync(KmpRelease release, Func<KmpStack, Task> test, DatabaseKind database = DatabaseKind.None)
    {
        Needs.Stack();
        await using var registry = await RegistryServer.StartAsync();
        var images = new TestImages(registry);
        await images.PublishAsync(release, "v9");
        await using var stack = await KmpStack.CreateAsync(images, new KmpStackOptions { Tag = "v9", Database = database });
        (await stack.ComposeAsync("up", "--detach", "--quiet-pull")).Expect("up");
        await test(stack);
    }

    private static async Task<string> InspectAsync(KmpStack stack, string format) =>
        (await Command.OutputAsync("docker", "inspect", "--format", format, $"{stack.Project}-app-1")).Trim();
}
