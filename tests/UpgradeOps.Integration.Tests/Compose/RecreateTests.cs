using UpgradeOps.Engine.Docker;
using UpgradeOps.Engine.Platforms.Compose.Steps;
using UpgradeOps.Integration.Steps;

namespace UpgradeOps.Integration.Compose;

/// <summary>Services that cannot have two containers beside each other: Compose replaces theirs, and every way leads back.</summary>
public sealed class RecreateTests(ComposeFixture fixture) : IClassFixture<ComposeFixture>
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    private static readonly DockerClient Docker = new(DockerEndpoint.FromEnvironment(Environment.GetEnvironmentVariable), TimeProvider.System);

    [Fact]
    public async Task A_fixed_name_and_an_anonymous_volume_survive_the_update_and_the_way_back()
    {
        Needs.Stack();
        await using var stack = await StartAsync();
        await using var platform = ComposeFixture.Open(stack);
        var before = await platform.InspectAsync(Token);
        var cache = await CacheVolumeAsync(stack);
        var finding = Assert.Single(await platform.CheckAsync(before, fixture.To("v1.1.0"), Token));
        Assert.Equal((FindingSeverity.Warning, ErrorIds.FixedContainerName), (finding.Severity, finding.ErrorId));

        var operation = new TestOperation(await platform.PlanAsync(before, fixture.To("v1.1.0"), Token));
        Assert.Equal([StepKinds.Stop, StepKinds.Recreate, StepKinds.Start, StepKinds.Keep], operation.Steps.Select(s => s.Kind).TakeLast(4));
        await operation.DoAsync(platform, [.. operation.Steps.Select(s => s.Kind).Where(k => k != StepKinds.Keep)]);
        await VersionAsync(stack, "v1.1.0");
        Assert.Equal(cache, await CacheVolumeAsync(stack));
        var (was, isNow) = await World.UpAsync(stack);
        Assert.Equal(was, isNow);

        await operation.UndoAsync(platform);
        await operation.UndoAsync(platform);
        await VersionAsync(stack, "v1.0.0");
        Assert.Equal(cache, await CacheVolumeAsync(stack));
        var back = await platform.InspectAsync(Token);
        Assert.Equal((before.Artifact, before.Tag), (back.Artifact, back.Tag));
        Assert.Equal(before.ConfigHashes.OrderBy(h => h.Key), back.ConfigHashes.OrderBy(h => h.Key));
        (was, isNow) = await World.UpAsync(stack);
        Assert.Equal(was, isNow);
    }

    [Fact]
    public async Task Compose_killed_in_the_middle_of_replacing_converges_forward_and_back()
    {
        Needs.Stack();
        await using var stack = await StartAsync();
        var random = new Random(7);
        for (var round = 0; round < 8; round++)
        {
            await using var platform = ComposeFixture.Open(stack);
            var cache = await CacheVolumeAsync(stack);
            var operation = new TestOperation(await platform.PlanAsync(await platform.InspectAsync(Token), fixture.To("v1.1.0"), Token));
            await operation.DoAsync(platform, [.. operation.Steps.Select(s => s.Kind).TakeWhile(k => k != StepKinds.Recreate)]);

            using (var kill = new CancellationTokenSource(random.Next(100, 1500)))
            {
                var step = platform.Create(operation.Step(StepKinds.Recreate));
                await Record.ExceptionAsync(() => step.DoAsync(operation.Context(step.Planned), kill.Token));
            }

            await using var next = ComposeFixture.Open(stack);
            if (round % 2 == 0)
            {
                if (await operation.ObserveAsync(next, StepKinds.Recreate) != Engine.Steps.StepState.Done)
                    await operation.DoAsync(next, StepKinds.Recreate);
                await operation.DoAsync(next, StepKinds.Start);
                await VersionAsync(stack, "v1.1.0");
                Assert.Equal(cache, await CacheVolumeAsync(stack));
            }

            await operation.UndoAsync(next);
            await VersionAsync(stack, "v1.0.0");
            Assert.Equal(cache, await CacheVolumeAsync(stack));
            var (was, isNow) = await World.UpAsync(stack);
            Assert.Equal(was, isNow);
            Assert.Single((await next.InspectAsync(Token)).Instances);
        }
    }

    private async Task<KmpStack> StartAsync()
    {
        var stack = await KmpStack.CreateAsync(fixture.Images);
        var file = await File.ReadAllTextAsync(stack.ComposeFile, Token);
        await File.WriteAllTextAsync(
            stack.ComposeFile,
            file.Replace("\"kmp-uploads:/data\"", "\"kmp-uploads:/data\", \"/cache\"", StringComparison.Ordinal)
                .Replace("    restart:", $"    container_name: {stack.Project}-fixed\n    restart:", StringComparison.Ordinal),
            Token);
        await stack.UpAsync();
        return stack;
    }

    private static Task VersionAsync(KmpStack stack, string version) =>
        Until.TrueAsync(async () => await stack.VersionAsync() == version, TimeSpan.FromSeconds(15), version, Token);

    private static async Task<string> CacheVolumeAsync(KmpStack stack)
    {
        var container = (await Docker.InspectContainerAsync($"{stack.Project}-fixed", Token))!;
        return container.Mounts!.Single(m => m.Destination == "/cache").Name!;
    }
}
