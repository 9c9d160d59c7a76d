using UpgradeOps.Engine.Platforms;
using UpgradeOps.Engine.Platforms.Compose.Steps;
using UpgradeOps.Engine.Steps;
using UpgradeOps.Integration.Steps;

namespace UpgradeOps.Integration.Compose;

/// <summary>The new container is made beside the old one.</summary>
public sealed class BesideTests(ComposeFixture fixture) : IClassFixture<ComposeFixture>
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task An_update_moves_the_version_and_a_plain_up_accepts_the_result()
    {
        Needs.Stack();
        await using var stack = await KmpStack.StartAsync(fixture.Images);
        await using var platform = ComposeFixture.Open(stack);
        var env = await File.ReadAllTextAsync(stack.EnvFile, Token);
        var before = await platform.InspectAsync(Token);
        Assert.Equal(("v1.0.0", "v1.0.0", fixture.Images.Repository, fixture.Release("v1.0.0").Digest), (before.Version, before.Tag, before.Source, before.Digest));
        Assert.Equal([stack.EnvFile, stack.ComposeFile], before.ConfigHashes.Keys.Order(StringComparer.Ordinal));
        // A build that no other test pulled, so that there are bytes to be told.
        var digest = await fixture.Images.PublishAsync(KmpRelease.V110 with { Build = Random.Shared.Next() }, "v1.1.0");
        var target = new PlatformTarget { Release = fixture.Release("v1.1.0") with { Digest = digest } };
        Assert.Empty((await platform.CheckAsync(before, target, Token)).Select(f => f.Message));

        var operation = new TestOperation(await platform.PlanAsync(before, target, Token));
        Assert.Equal(
            [StepKinds.Remember, StepKinds.Pull, StepKinds.Hold, StepKinds.Tag, StepKinds.Env, StepKinds.Create, StepKinds.Stop, StepKinds.Start, StepKinds.Keep],
            operation.Steps.Select(s => s.Kind));
        await operation.DoAsync(platform, [.. operation.Steps.Select(s => s.Kind).TakeWhile(k => k != StepKinds.Stop)]);
        Assert.Equal("v1.0.0", await stack.VersionAsync());
        await operation.DoAsync(platform, StepKinds.Stop, StepKinds.Start, StepKinds.Keep);

        await Until.TrueAsync(async () => await stack.VersionAsync() == "v1.1.0", TimeSpan.FromSeconds(10), "v1.1.0", Token);
        var after = await platform.InspectAsync(Token);
        Assert.Equal(("v1.1.0", "v1.1.0", digest), (after.Version, after.Tag, after.Digest));
        var instance = Assert.Single(after.Instances);
        Assert.Equal([instance.Id], System.Text.Json.JsonSerializer.Deserialize<string[]>(operation.OutputsOf(operation.Step(StepKinds.Start))[PlatformOutputs.NewInstances])!);
        Assert.Equal(env.Replace("TAG=v1.0.0   #", "TAG=v1.1.0   #", StringComparison.Ordinal), await File.ReadAllTextAsync(stack.EnvFile, Token));
        Assert.Contains(operation.Told, t => t.BytesDone > 0 && t.BytesDone == t.BytesTotal);
        var (was, isNow) = await World.UpAsync(stack);
        Assert.Equal(was, isNow);
        Assert.Contains("unless-stopped", isNow, StringComparison.Ordinal);
        foreach (var kind in (string[])[StepKinds.Tag, StepKinds.Env, StepKinds.Stop, StepKinds.Start, StepKinds.Keep])
            Assert.Equal(StepState.Done, await operation.ObserveAsync(platform, kind));
    }

    [Theory]
    [InlineData("v1.0.0", "v1.1.0")]
    [InlineData("latest", "latest")]
    public async Task Undone_at_any_point_everything_is_as_it_was(string tag, string target)
    {
        Needs.Stack();
        await using var stack = await KmpStack.StartAsync(fixture.Images, new KmpStackOptions { Tag = tag });
        await using var platform = ComposeFixture.Open(stack);
        var before = await World.LookAsync(stack, tag);
        var current = await platform.InspectAsync(Token);
        var plan = await platform.PlanAsync(current, fixture.To("v1.1.0", target), Token);
        for (var steps = 1; steps < plan.Count; steps++)
        {
            var operation = new TestOperation(plan);
            await operation.DoAsync(platform, [.. plan.Take(steps).Select(s => s.Kind)]);
            await operation.UndoAsync(platform);
            await operation.UndoAsync(platform);
            Assert.Equal(before, await World.LookAsync(stack, tag));
        }

        await Until.TrueAsync(async () => await stack.VersionAsync() == "v1.0.0", TimeSpan.FromSeconds(10), "v1.0.0", Token);
        var (was, isNow) = await World.UpAsync(stack);
        Assert.Equal(was, isNow);
    }

    [Fact]
    public async Task Killed_at_any_record_it_converges_forward_and_back()
    {
        Needs.Stack();
        await using var stack = await KmpStack.StartAsync(fixture.Images);
        var before = await World.LookAsync(stack, "v1.0.0");
        for (var records = 0; ; records++)
        {
            TestOperation operation;
            await using (var first = ComposeFixture.Open(stack))
                operation = new TestOperation(await first.PlanAsync(await first.InspectAsync(Token), fixture.To("v1.1.0"), Token)) { RecordsUntilDeath = records };
            var killed = await Crash.ForwardAsync(operation, () => ComposeFixture.Open(stack), until: StepKinds.Keep);
            await Until.TrueAsync(async () => await stack.VersionAsync() == "v1.1.0", TimeSpan.FromSeconds(10), "v1.1.0", Token);
            await using (var last = ComposeFixture.Open(stack))
                await operation.UndoAsync(last);
            Assert.Equal(before, await World.LookAsync(stack, "v1.0.0"));
            if (!killed)
                break;
        }
    }

    [Fact]
    public async Task Compose_killed_while_it_makes_containers_converges_and_none_lacks_a_network()
    {
        Needs.Stack();
        await using var stack = await KmpStack.CreateAsync(fixture.Images);
        var file = await File.ReadAllTextAsync(stack.ComposeFile, Token);
        await File.WriteAllTextAsync(
            stack.ComposeFile,
            file.Replace("    restart:", "    networks: [one, two, three]\n    scale: 2\n    restart:", StringComparison.Ordinal)
                .Replace("\"127.0.0.1:${KMP_PORT}:8080\"", "\"8080\"", StringComparison.Ordinal) + "networks: { one: , two: , three: }\n",
            Token);
        (await stack.ComposeAsync("up", "--detach")).Expect("up");
        var before = await World.LookAsync(stack);
        var random = new Random(3);
        for (var round = 0; round < 6; round++)
        {
            await using var platform = ComposeFixture.Open(stack);
            var operation = new TestOperation(await platform.PlanAsync(await platform.InspectAsync(Token), fixture.To("v1.1.0"), Token));
            await operation.DoAsync(platform, [.. operation.Steps.Select(s => s.Kind).TakeWhile(k => k != StepKinds.Create)]);
            using (var kill = new CancellationTokenSource(random.Next(100, 1500)))
            {
                var step = platform.Create(operation.Step(StepKinds.Create));
                await Record.ExceptionAsync(() => step.DoAsync(operation.Context(step.Planned), kill.Token));
            }

            await using var next = ComposeFixture.Open(stack);
            if (await operation.ObserveAsync(next, StepKinds.Create) != StepState.Done)
                await operation.DoAsync(next, StepKinds.Create);
            await operation.DoAsync(next, StepKinds.Stop, StepKinds.Start);
            var made = (await next.InspectAsync(Token)).Instances.Where(i => i.IsRunning).ToList();
            Assert.Equal(2, made.Count);
            Assert.All(made, i => Assert.Equal(3, i.Endpoints.Count(e => e.StartsWith("172.", StringComparison.Ordinal) || e.StartsWith("192.168.", StringComparison.Ordinal))));
            await operation.UndoAsync(next);
            Assert.Equal(before, await World.LookAsync(stack));
        }
    }
}
