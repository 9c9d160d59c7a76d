using UpgradeOps.Engine.Platforms;
using UpgradeOps.Engine.Platforms.Compose.Steps;
using UpgradeOps.Integration.Steps;

namespace UpgradeOps.Integration.Compose;

/// <summary>A kept update is taken back later, from what was recorded and nothing else.</summary>
public sealed class GoingBackTests(ComposeFixture fixture) : IClassFixture<ComposeFixture>
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_moving_tag_goes_back_to_yesterdays_image_with_the_registry_off_and_everything_pruned()
    {
        Needs.Stack();
        await using var registry = await RegistryServer.StartAsync();
        var images = new TestImages(registry);
        await images.PublishAsync(KmpRelease.V100, "latest");
        await using var stack = await KmpStack.StartAsync(images, new KmpStackOptions { Tag = "latest" });
        var digest = await images.PublishAsync(KmpRelease.V110, "latest");
        var release = new Release { Name = "kmp", Version = "v1.1.0", Tag = "latest", Source = images.Repository, Digest = digest };

        var (update, before, files) = await UpdateAsync(stack, new PlatformTarget { Release = release });
        Assert.Equal("v1.1.0", await VersionAsync(stack, "v1.1.0"));

        await registry.PauseAsync();
        // What a prune of all unused images does to ours; the other tests' images are not touched.
        foreach (var image in (await Command.OutputAsync("docker", "image", "ls", "--format", "{{.Repository}}:{{.Tag}}", images.Repository)).Split('\n', StringSplitOptions.RemoveEmptyEntries))
            await Command.RunAsync("docker", "image", "rm", image);
        await File.AppendAllTextAsync(stack.ComposeFile, "\n# edited since\n", Token);
        await File.WriteAllTextAsync(stack.EnvFile, "# mine\n" + await File.ReadAllTextAsync(stack.EnvFile, Token), Token);

        await using var platform = ComposeFixture.Open(stack);
        var target = new PlatformTarget
        {
            Release = release with { Version = "v1.0.0", Tag = before.Tag!, Digest = before.Digest },
            RecordedArtifact = before.Artifact,
            RecordedFiles = files,
            RecordedSteps = update.Steps,
        };
        var current = await platform.InspectAsync(Token);
        Assert.DoesNotContain(await platform.CheckAsync(current, target, Token), f => f.Severity == FindingSeverity.Blocker);
        var undo = new TestOperation(await platform.PlanAsync(current, target, Token)) { RecordedFiles = files };
        Assert.DoesNotContain(undo.Steps, s => s.Kind == StepKinds.Pull);
        Assert.Contains(undo.Steps, s => s.Kind == StepKinds.Files);
        await undo.DoAsync(platform);

        Assert.Equal("v1.0.0", await VersionAsync(stack, "v1.0.0"));
        Assert.Equal(before.Artifact, (await platform.InspectAsync(Token)).Artifact);
        Assert.Equal(files[stack.ComposeFile], await File.ReadAllBytesAsync(stack.ComposeFile, Token));
        Assert.StartsWith("# mine\n", await File.ReadAllTextAsync(stack.EnvFile, Token), StringComparison.Ordinal);
        var (was, isNow) = await World.UpAsync(stack);
        Assert.Equal(was, isNow);
    }

    [Fact]
    public async Task Going_back_can_itself_be_taken_back()
    {
        Needs.Stack();
        await using var stack = await KmpStack.StartAsync(fixture.Images);
        var (update, before, files) = await UpdateAsync(stack, fixture.To("v1.1.0"));
        await File.AppendAllTextAsync(stack.ComposeFile, "# edited since\n", Token);
        var world = await World.LookAsync(stack, "v1.0.0", "v1.1.0");

        await using var platform = ComposeFixture.Open(stack);
        var target = new PlatformTarget { Release = fixture.Release("v1.0.0"), RecordedArtifact = before.Artifact, RecordedFiles = files, RecordedSteps = update.Steps };
        var undo = new TestOperation(await platform.PlanAsync(await platform.InspectAsync(Token), target, Token)) { RecordedFiles = files };
        await undo.DoAsync(platform, [.. undo.Steps.Select(s => s.Kind).Where(k => k != StepKinds.Keep)]);
        Assert.Equal("v1.0.0", await VersionAsync(stack, "v1.0.0"));
        await undo.UndoAsync(platform);
        Assert.Equal(world, await World.LookAsync(stack, "v1.0.0", "v1.1.0"));
    }

    [Fact]
    public async Task A_recorded_image_that_is_gone_blocks_with_the_command_that_fetches_it()
    {
        Needs.Stack();
        await using var stack = await KmpStack.StartAsync(fixture.Images);
        await using var platform = ComposeFixture.Open(stack);
        var gone = "sha256:" + new string('1', 64);
        var target = new PlatformTarget { Release = fixture.Release("v1.1.0"), RecordedArtifact = gone };
        var finding = Assert.Single(await platform.CheckAsync(await platform.InspectAsync(Token), target, Token));
        Assert.Equal((FindingSeverity.Blocker, ErrorIds.ImageNotFound, gone), (finding.Severity, finding.ErrorId, finding.Target));
        Assert.Contains($"docker pull {fixture.Images.Repository}@{fixture.Release("v1.1.0").Digest}", finding.RecommendedAction, StringComparison.Ordinal);
    }

    private static async Task<(TestOperation Operation, Deployment Before, Dictionary<string, byte[]> Files)> UpdateAsync(KmpStack stack, PlatformTarget target)
    {
        await using var platform = ComposeFixture.Open(stack);
        var before = await platform.InspectAsync(Token);
        var files = before.ConfigHashes.Keys.ToDictionary(p => p, File.ReadAllBytes);
        var operation = new TestOperation(await platform.PlanAsync(before, target, Token));
        await operation.DoAsync(platform);
        return (operation, before, files);
    }

    private static async Task<string?> VersionAsync(KmpStack stack, string version)
    {
        await Until.TrueAsync(async () => await stack.VersionAsync() == version, TimeSpan.FromSeconds(15), version, Token);
        return await stack.VersionAsync();
    }
}
