using UpgradeOps.Engine.Platforms;
using UpgradeOps.Engine.Platforms.Compose.Steps;
using UpgradeOps.Integration.Steps;

namespace UpgradeOps.Integration.Compose;

/// <summary>Services that follow the same variable move together, in the order of their dependencies; a migration runs once; replicas stay as many.</summary>
public sealed class SeveralServicesTests(ComposeFixture fixture) : IClassFixture<ComposeFixture>
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task They_move_and_go_back_as_one()
    {
        Needs.Stack();
        await using var stack = await KmpStack.CreateAsync(fixture.Images);
        var image = $"{fixture.Images.Repository}:${{KMP_IMAGE_TAG}}";
        var file = await File.ReadAllTextAsync(stack.ComposeFile, Token);
        file = file.Replace("    restart:", "    depends_on: { migrate: { condition: service_completed_successfully } }\n    restart:", StringComparison.Ordinal);
        const string Idle = "entrypoint: [sh, -c, \"trap 'exit 0' TERM; while :; do sleep 1 & wait $$!; done\"]";
        file = file.Replace("volumes:\n  kmp", $$"""
              migrate: { image: "{{image}}", entrypoint: [sh, -c, "echo ran >> /data/migrations"], volumes: ["kmp-uploads:/data"] }
              worker: { image: "{{image}}", {{Idle}}, scale: 2, restart: always }
              proxy: { image: "{{fixture.Images.Repository}}:v1.0.0", {{Idle}}, depends_on: { app: { condition: service_started, restart: true } } }
            volumes:
              kmp
            """, StringComparison.Ordinal);
        await File.WriteAllTextAsync(stack.ComposeFile, file, Token);
        (await stack.ComposeAsync("up", "--detach")).Expect("up");
        await Until.TrueAsync(async () => await stack.VersionAsync() == "v1.0.0", TimeSpan.FromSeconds(15), "v1.0.0", Token);
        await using var platform = ComposeFixture.Open(stack);
        var before = await World.LookAsync(stack);
        var proxy = await ProxyAsync(stack);

        var current = await platform.InspectAsync(Token);
        Assert.Equal(["app", "migrate", "worker", "worker"], current.Instances.Select(i => i.Service!));
        Assert.DoesNotContain(await platform.CheckAsync(current, fixture.To("v1.1.0"), Token), f => f.Severity == FindingSeverity.Blocker);
        var operation = new TestOperation(await platform.PlanAsync(current, fixture.To("v1.1.0"), Token));
        await operation.DoAsync(platform, [.. operation.Steps.Select(s => s.Kind).Where(k => k != StepKinds.Keep)]);
        var after = (await platform.InspectAsync(Token)).Instances.Where(i => current.Instances.All(c => c.Id != i.Id)).ToList();
        Assert.Equal(["app", "migrate", "worker", "worker"], after.Select(i => i.Service!));
        Assert.Equal(("exited", 0), (after[1].State, after[1].ExitCode));
        Assert.Equal(3, System.Text.Json.JsonSerializer.Deserialize<string[]>(operation.OutputsOf(operation.Step(StepKinds.Start))[PlatformOutputs.NewInstances])!.Length);
        Assert.NotEqual(proxy, await ProxyAsync(stack));
        Assert.Equal("ran\nran\n", await Command.OutputAsync("docker", "exec", after[0].Id, "cat", "/data/migrations"));

        // Doing the start once more, as after a crash, must not migrate again.
        await operation.DoAsync(platform, StepKinds.Start);
        Assert.Equal("ran\nran\n", await Command.OutputAsync("docker", "exec", after[0].Id, "cat", "/data/migrations"));
        await operation.UndoAsync(platform);
        Assert.Equal(before, await World.LookAsync(stack));

        var again = new TestOperation(await platform.PlanAsync(await platform.InspectAsync(Token), fixture.To("v1.1.0"), Token));
        await again.DoAsync(platform);
        var (was, isNow) = await World.UpAsync(stack);
        Assert.Equal(was, isNow);
    }

    private static async Task<string> ProxyAsync(KmpStack stack) =>
        await Command.OutputAsync("docker", "inspect", "--format", "{{.State.StartedAt}}", await stack.ContainerAsync("proxy"));
}
