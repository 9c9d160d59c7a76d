using UpgradeOps.Engine.Apps.Definition;
using UpgradeOps.Engine.Docker;
using UpgradeOps.Engine.Platforms;
using UpgradeOps.Engine.Platforms.Compose.Steps;
using UpgradeOps.Integration.Steps;

namespace UpgradeOps.Integration.Compose;

/// <summary>Installations that are laid out differently: several files, other names, a second repository, replicas, containers that somebody removed.</summary>
public sealed class LayoutTests(ComposeFixture fixture) : IClassFixture<ComposeFixture>
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Override_files_another_env_file_and_a_project_name_are_respected()
    {
        Needs.Stack();
        await using var stack = await KmpStack.CreateAsync(fixture.Images);
        var over = Path.Combine(stack.Folder, "docker-compose.override.yml");
        var env = Path.Combine(stack.Folder, "prod.env");
        await File.WriteAllTextAsync(over, "services: { app: { environment: { OVER: \"1\" } } }\n", Token);
        File.Move(stack.EnvFile, env);
        // The stack's clean-up finds what carries its project's name.
        (await stack.ComposeAsync("--env-file", "prod.env", "--project-name", stack.Project, "up", "--detach", "--wait")).Expect("up");

        await using var platform = ComposeFixture.Open(stack, d => d with
        {
            Platform = new PlatformDefinition { Compose = d.Platform.Compose! with { EnvFile = "prod.env", Project = stack.Project } },
        });
        var current = await platform.InspectAsync(Token);
        Assert.Equal([over, stack.ComposeFile, env], current.ConfigHashes.Keys.Order(StringComparer.Ordinal));
        Assert.Equal("v1.0.0", current.Tag);
        Assert.Empty((await platform.CheckAsync(current, fixture.To("v1.1.0"), Token)).Select(f => f.Message));
        var operation = new TestOperation(await platform.PlanAsync(current, fixture.To("v1.1.0"), Token));
        await operation.DoAsync(platform);
        var after = await platform.InspectAsync(Token);
        Assert.Equal("v1.1.0", after.Version);
        var container = (await Command.OutputAsync("docker", "inspect", "--format", "{{.Config.Env}}", after.Instances[0].Id)).Trim();
        Assert.Contains("OVER=1", container, StringComparison.Ordinal);
        (await stack.ComposeAsync("--env-file", "prod.env", "up", "--detach")).Expect("up");
        Assert.Equal(after.Instances[0].Id, Assert.Single((await platform.InspectAsync(Token)).Instances).Id);
    }

    [Fact]
    public async Task COMPOSE_FILE_in_the_env_file_names_the_files()
    {
        Needs.Stack();
        await using var stack = await KmpStack.CreateAsync(fixture.Images);
        var other = Path.Combine(stack.Folder, "stack.yml");
        File.Move(stack.ComposeFile, other);
        await File.WriteAllTextAsync(stack.EnvFile, "COMPOSE_FILE=stack.yml\n" + await File.ReadAllTextAsync(stack.EnvFile, Token), Token);
        await stack.UpAsync();
        await using var platform = ComposeFixture.Open(stack);
        var current = await platform.InspectAsync(Token);
        Assert.Equal([stack.EnvFile, other], current.ConfigHashes.Keys.Order(StringComparer.Ordinal));
        Assert.Equal("v1.0.0", current.Version);
    }

    [Fact]
    public async Task A_second_repository_with_the_same_variable_is_pinned_pulled_and_taken_back_too()
    {
        Needs.Stack();
        await using var stack = await KmpStack.CreateAsync(fixture.Images);
        var web = $"{fixture.Registry.Host}/jhandel/kmp-web";
        using (var push = fixture.Registry.CreateOwner("jhandel/kmp-web"))
        {
            await new ImagePush(push, "jhandel/kmp-web").PushAsync(await KmpImage.BuildAsync(KmpRelease.V100 with { Build = 41 }), "v1.0.0-web");
            await new ImagePush(push, "jhandel/kmp-web").PushAsync(await KmpImage.BuildAsync(KmpRelease.V110 with { Build = 42 }), "v1.1.0-web");
        }

        var file = await File.ReadAllTextAsync(stack.ComposeFile, Token);
        await File.WriteAllTextAsync(stack.ComposeFile, file.Replace("volumes:\n  kmp", $"  web: {{ image: \"{web}:${{KMP_IMAGE_TAG}}-web\" }}\nvolumes:\n  kmp", StringComparison.Ordinal), Token);
        await stack.UpAsync();
        await using var platform = ComposeFixture.Open(stack);
        var current = await platform.InspectAsync(Token);
        var files = current.ConfigHashes.Keys.ToDictionary(p => p, File.ReadAllBytes);
        var operation = new TestOperation(await platform.PlanAsync(current, fixture.To("v1.1.0"), Token));
        await operation.DoAsync(platform);
        var after = (await platform.InspectAsync(Token)).Instances;
        Assert.Equal(["app", "web"], after.Select(i => i.Service!));
        Assert.All(after, a => Assert.DoesNotContain(current.Instances, c => c.Artifact == a.Artifact));

        var target = new PlatformTarget { Release = fixture.Release("v1.0.0"), RecordedArtifact = current.Artifact, RecordedFiles = files, RecordedSteps = operation.Steps };
        var undo = new TestOperation(await platform.PlanAsync(await platform.InspectAsync(Token), target, Token)) { RecordedFiles = files };
        await undo.DoAsync(platform);
        Assert.Equal(current.Instances.Select(i => i.Artifact), (await platform.InspectAsync(Token)).Instances.Select(i => i.Artifact));
    }

    [Fact]
    public async Task Old_containers_that_somebody_removed_are_made_again_on_the_way_back()
    {
        Needs.Stack();
        await using var stack = await KmpStack.CreateAsync(fixture.Images, new KmpStackOptions { Tag = "latest" });
        var file = await File.ReadAllTextAsync(stack.ComposeFile, Token);
        await File.WriteAllTextAsync(stack.ComposeFile, file.Replace("\"127.0.0.1:${KMP_PORT}:8080\"", "\"8080\"", StringComparison.Ordinal), Token);
        (await stack.ComposeAsync("up", "--detach", "--scale", "app=3")).Expect("up");
        await using var platform = ComposeFixture.Open(stack);
        var current = await platform.InspectAsync(Token);
        Assert.Contains(await platform.CheckAsync(current, fixture.To("v1.1.0", "latest"), Token), f => f.Severity == FindingSeverity.Information && f.Message.Contains("3 containers", StringComparison.Ordinal));
        var operation = new TestOperation(await platform.PlanAsync(current, fixture.To("v1.1.0", "latest"), Token));
        await operation.DoAsync(platform, [.. operation.Steps.Select(s => s.Kind).Where(k => k != StepKinds.Keep)]);
        Assert.Equal(3, (await platform.InspectAsync(Token)).Instances.Count(i => i.IsRunning && i.Artifact != current.Artifact));
        await Command.OutputAsync("docker", "rm", current.Instances[0].Id, current.Instances[1].Id);

        await operation.UndoAsync(platform);
        var back = await platform.InspectAsync(Token);
        Assert.Equal(3, back.Instances.Count);
        Assert.All(back.Instances, i => Assert.Equal((true, current.Artifact), (i.IsRunning, i.Artifact)));
    }

    [Fact]
    public async Task Every_engine_error_is_a_finding()
    {
        Needs.Stack();
        await using var stack = await KmpStack.CreateAsync(fixture.Images);
        await using var platform = new Engine.Platforms.Compose.ComposePlatform(new Engine.Platforms.Compose.ComposeProject(
            new AppDefinition
            {
                Name = "kmp",
                Path = "x",
                Platform = new PlatformDefinition { Compose = new ComposeDefinition { Directory = stack.Folder, Service = "app", Variable = "KMP_IMAGE_TAG" } },
                Releases = new ReleasesDefinition { Image = "x" },
            },
            new Engine.Hosts.Local.LocalHost(),
            new DockerClient(DockerEndpoint.Parse("unix:///nowhere.sock"), TimeProvider.System),
            (_, _) => Task.FromResult<PullCredentials?>(null),
            TimeProvider.System));
        var finding = Assert.Single(await platform.CheckAsync(new Deployment { Name = "kmp" }, fixture.To("v1.1.0"), Token));
        Assert.Equal((FindingSeverity.Blocker, ErrorIds.EngineUnreachable), (finding.Severity, finding.ErrorId));
    }
}
