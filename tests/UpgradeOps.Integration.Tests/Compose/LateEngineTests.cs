using UpgradeOps.Engine.Docker;
using UpgradeOps.Engine.Platforms;
using UpgradeOps.Engine.Platforms.Compose.Steps;
using UpgradeOps.Integration.Steps;

namespace UpgradeOps.Integration.Compose;

/// <summary>What a killed Compose asked of a busy engine comes true while the next Compose works: no container that lacks a network is ever adopted.</summary>
public sealed class LateEngineTests(ComposeFixture fixture) : IClassFixture<ComposeFixture>
{
    private static readonly DockerClient Docker = new(DockerEndpoint.FromEnvironment(Environment.GetEnvironmentVariable), TimeProvider.System);

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_container_that_lacks_a_network_is_made_again_beside_the_old_one()
    {
        Needs.Stack();
        await using var stack = await StartAsync(fixedName: false);
        var old = Assert.Single(await NamesAsync(stack));
        var host = new LateEngineHost(after: call => call == 1 ? LeaveOutAsync(stack, except: old) : Task.CompletedTask);
        await using var platform = ComposeFixture.Open(stack, host: host);
        var operation = await StartedAsync(platform, StepKinds.Create);

        var made = Assert.Single(await NamesAsync(stack), n => n != old);
        Assert.Equal(2, host.Calls);
        Assert.Equal(NetworksOf(stack), await JoinedAsync(made));
        await operation.DoAsync(platform, StepKinds.Stop, StepKinds.Start);
        await VersionAsync(stack, "v1.1.0");
    }

    [Fact]
    public async Task A_container_that_never_gets_its_network_is_refused_by_name_and_goes_with_the_way_back()
    {
        Needs.Stack();
        await using var stack = await StartAsync(fixedName: false);
        var before = await World.LookAsync(stack);
        var old = Assert.Single(await NamesAsync(stack));
        await using var platform = ComposeFixture.Open(stack, host: new LateEngineHost(after: _ => LeaveOutAsync(stack, except: old)));
        var operation = new TestOperation(await platform.PlanAsync(await platform.InspectAsync(Token), fixture.To("v1.1.0"), Token));
        await operation.DoAsync(platform, [.. operation.Steps.Select(s => s.Kind).TakeWhile(k => k != StepKinds.Create)]);

        var error = await Assert.ThrowsAsync<AppException>(() => operation.DoAsync(platform, StepKinds.Create));

        Assert.Equal(ErrorIds.ComposeCommandFailed, error.ErrorId);
        Assert.Contains($"without connecting it to {stack.Project}_two", error.Message, StringComparison.Ordinal);
        await operation.UndoAsync(platform);
        Assert.Equal(before, await World.LookAsync(stack));
    }

    [Fact]
    public async Task A_name_that_the_late_container_has_is_asked_for_again()
    {
        Needs.Stack();
        await using var stack = await StartAsync(fixedName: false);
        var late = $"{stack.Project}-app-2";
        // Made, but not yet to be found by its labels when Compose looks: this is all that it sees of it.
        var host = new LateEngineHost(before: call => call switch
        {
            1 => Command.OutputAsync("docker", "create", "--name", late, $"{fixture.Images.Repository}:v1.0.0"),
            2 => Command.OutputAsync("docker", "rm", late),
            _ => Task.CompletedTask,
        });
        await using var platform = ComposeFixture.Open(stack, host: host);
        var operation = await StartedAsync(platform, StepKinds.Create);

        Assert.Equal(2, host.Calls);
        await operation.DoAsync(platform, StepKinds.Stop, StepKinds.Start);
        await VersionAsync(stack, "v1.1.0");
    }

    [Fact]
    public async Task A_replaced_container_that_lacks_a_network_is_replaced_once_more_forward_and_back()
    {
        Needs.Stack();
        await using var stack = await StartAsync(fixedName: true);
        var name = $"{stack.Project}-fixed";
        var host = new LateEngineHost(after: call => call is 1 or 3 ? LeaveOutAsync(stack, except: null) : Task.CompletedTask);
        await using var platform = ComposeFixture.Open(stack, host: host);

        var operation = await StartedAsync(platform, StepKinds.Recreate);
        Assert.Equal((2, NetworksOf(stack)), (host.Calls, await JoinedAsync(name)));
        await operation.DoAsync(platform, StepKinds.Start);
        await VersionAsync(stack, "v1.1.0");

        await operation.UndoAsync(platform);
        Assert.Equal((4, NetworksOf(stack)), (host.Calls, await JoinedAsync(name)));
        await VersionAsync(stack, "v1.0.0");
    }

    private async Task<TestOperation> StartedAsync(IPlatform platform, string upTo)
    {
        var operation = new TestOperation(await platform.PlanAsync(await platform.InspectAsync(Token), fixture.To("v1.1.0"), Token));
        await operation.DoAsync(platform, [.. operation.Steps.Select(s => s.Kind).TakeWhile(k => k != upTo), upTo]);
        return operation;
    }

    private async Task<KmpStack> StartAsync(bool fixedName)
    {
        var stack = await KmpStack.CreateAsync(fixture.Images);
        var file = await File.ReadAllTextAsync(stack.ComposeFile, Token);
        var name = fixedName ? $"    container_name: {stack.Project}-fixed\n" : "";
        await File.WriteAllTextAsync(
            stack.ComposeFile,
            file.Replace("    restart:", name + "    networks: [one, two]\n    restart:", StringComparison.Ordinal) + "networks: { one: , two: }\n",
            Token);
        (await stack.ComposeAsync("up", "--detach")).Expect("up");
        await VersionAsync(stack, "v1.0.0");
        return stack;
    }

    private static string NetworksOf(KmpStack stack) => $"{stack.Project}_one {stack.Project}_two";

    private static async Task<string> JoinedAsync(string container) =>
        string.Join(' ', (await Docker.InspectContainerAsync(container, Token))!.NetworkSettings.Networks!.Keys.Order(StringComparer.Ordinal));

    private static async Task<IReadOnlyList<string>> NamesAsync(KmpStack stack) =>
        [.. (await Docker.ListContainersAsync([$"com.docker.compose.project={stack.Project}"], Token)).Select(c => c.Names[0].TrimStart('/'))];

    private static async Task LeaveOutAsync(KmpStack stack, string? except)
    {
        foreach (var name in (await NamesAsync(stack)).Where(n => n != except))
            await Command.OutputAsync("docker", "network", "disconnect", $"{stack.Project}_two", name);
    }

    private static Task VersionAsync(KmpStack stack, string version) =>
        Until.TrueAsync(async () => await stack.VersionAsync() == version, TimeSpan.FromSeconds(15), version, Token);
}
