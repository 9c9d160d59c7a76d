using System.Net;
using System.Net.Sockets;
using UpgradeOps.Engine.Platforms;
using UpgradeOps.Engine.Platforms.Compose.Steps;
using UpgradeOps.Integration.Steps;

namespace UpgradeOps.Integration.Compose;

/// <summary>What goes wrong is told as what it is, and leaves the old version serving.</summary>
public sealed class TroubleTests(ComposeFixture fixture) : IClassFixture<ComposeFixture>
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_version_that_exits_at_once_is_an_error_of_its_start_with_evidence()
    {
        Needs.Stack();
        await using var stack = await KmpStack.StartAsync(fixture.Images);
        await using var platform = ComposeFixture.Open(stack);
        var before = await World.LookAsync(stack);
        var operation = new TestOperation(await platform.PlanAsync(await platform.InspectAsync(Token), fixture.To("v9.9.9"), Token));
        var e = await Assert.ThrowsAsync<AppException>(() => operation.DoAsync(platform));
        Assert.Equal(ErrorIds.InstanceExited, e.ErrorId);

        var ids = System.Text.Json.JsonSerializer.Deserialize<string[]>(operation.OutputsOf(operation.Step(StepKinds.Start))[PlatformOutputs.NewInstances])!;
        var evidence = await platform.EvidenceAsync(ids, Token);
        Assert.Contains(evidence, f => f.Key.EndsWith(".log", StringComparison.Ordinal) && f.Value.Length > 0);
        Assert.Contains(evidence, f => f.Key.EndsWith(".inspect.json", StringComparison.Ordinal));
        Assert.Contains("app", System.Text.Encoding.UTF8.GetString(evidence["compose-ps.txt"]), StringComparison.Ordinal);
        await operation.UndoAsync(platform);
        Assert.Equal(before, await World.LookAsync(stack));
    }

    [Fact]
    public async Task A_port_that_somebody_took_meanwhile_is_the_engines_message()
    {
        Needs.Stack();
        await using var stack = await KmpStack.StartAsync(fixture.Images);
        await using var platform = ComposeFixture.Open(stack);
        var operation = new TestOperation(await platform.PlanAsync(await platform.InspectAsync(Token), fixture.To("v1.1.0"), Token));
        await operation.DoAsync(platform, [.. operation.Steps.Select(s => s.Kind).TakeWhile(k => k != StepKinds.Start)]);
        using (var thief = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp))
        {
            thief.Bind(new IPEndPoint(IPAddress.Loopback, stack.Url.Port));
            thief.Listen();
            var e = await Assert.ThrowsAsync<AppException>(() => operation.DoAsync(platform, StepKinds.Start));
            Assert.Equal(ErrorIds.EngineFailed, e.ErrorId);
            Assert.Contains($"{stack.Url.Port}", e.Message, StringComparison.Ordinal);
        }

        await operation.UndoAsync(platform);
        await Until.TrueAsync(async () => await stack.VersionAsync() == "v1.0.0", TimeSpan.FromSeconds(10), "v1.0.0", Token);
    }

    [Fact]
    public async Task An_env_file_edited_by_somebody_else_is_never_overwritten()
    {
        Needs.Stack();
        await using var stack = await KmpStack.StartAsync(fixture.Images);
        await using var platform = ComposeFixture.Open(stack);
        var text = await File.ReadAllTextAsync(stack.EnvFile, Token);
        var plan = await platform.PlanAsync(await platform.InspectAsync(Token), fixture.To("v1.1.0"), Token);

        await File.WriteAllTextAsync(stack.EnvFile, text + "\nMINE=1\n", Token);
        var late = await Assert.ThrowsAsync<AppException>(() => new TestOperation(plan).DoAsync(platform, StepKinds.Env));
        Assert.Equal((ErrorIds.ConfigurationEdited, stack.EnvFile), (late.ErrorId, late.Error.Target));

        await File.WriteAllTextAsync(stack.EnvFile, text, Token);
        var operation = new TestOperation(plan);
        await operation.DoAsync(platform, StepKinds.Env);
        var written = await File.ReadAllTextAsync(stack.EnvFile, Token);
        await File.WriteAllTextAsync(stack.EnvFile, written + "\nMINE=1\n", Token);
        await operation.UndoAsync(platform);
        Assert.Equal(text + "\nMINE=1\n", await File.ReadAllTextAsync(stack.EnvFile, Token));

        var other = new TestOperation(plan);
        await File.WriteAllTextAsync(stack.EnvFile, text, Token);
        await other.DoAsync(platform, StepKinds.Env);
        await File.WriteAllTextAsync(stack.EnvFile, written.Replace("v1.1.0", "v7", StringComparison.Ordinal), Token);
        var conflict = await Assert.ThrowsAsync<AppException>(() => platform.Create(other.Step(StepKinds.Env)).UndoAsync(other.Context(other.Step(StepKinds.Env)), Token));
        Assert.Equal(ErrorIds.ConfigurationEdited, conflict.ErrorId);
    }

    [Fact]
    public async Task Containers_that_came_or_went_since_the_plan_make_it_stale()
    {
        Needs.Stack();
        await using var stack = await KmpStack.StartAsync(fixture.Images);
        await using var platform = ComposeFixture.Open(stack);
        var operation = new TestOperation(await platform.PlanAsync(await platform.InspectAsync(Token), fixture.To("v1.1.0"), Token));
        (await stack.ComposeAsync("up", "--detach", "--force-recreate")).Expect("recreate");
        Assert.Equal(ErrorIds.PlanStale, (await Assert.ThrowsAsync<AppException>(() => operation.DoAsync(platform, StepKinds.Remember))).ErrorId);
    }

    [Theory]
    [InlineData("image: IMAGE:${KMP_IMAGE_TAG:-latest}", "image: IMAGE:v1.0.0", ErrorIds.ComposeVariableMissing, FindingSeverity.Blocker)]
    [InlineData("    restart:", "    build: .\n    restart:", ErrorIds.ComposeUnsupported, FindingSeverity.Blocker)]
    [InlineData("    restart:", "    pull_policy: always\n    restart:", ErrorIds.ComposeUnsupported, FindingSeverity.Warning)]
    [InlineData("    restart:", "    environment: { ADDED: \"1\" }\n    restart:", ErrorIds.ConfigurationDrift, FindingSeverity.Warning)]
    [InlineData("    restart:", "    environment: { ADDED: \"${NOWHERE}\" }\n    restart:", ErrorIds.ComposeInvalid, FindingSeverity.Warning)]
    [InlineData("volumes:\n  kmp", "  vpn: { image: busybox, network_mode: \"service:app\" }\nvolumes:\n  kmp", ErrorIds.ComposeUnsupported, FindingSeverity.Blocker)]
    [InlineData("    restart:", "    restart: [no\n    x:", ErrorIds.ComposeInvalid, FindingSeverity.Blocker)]
    [InlineData("  app:", "  other:", ErrorIds.ComposeServiceMissing, FindingSeverity.Blocker)]
    public async Task A_compose_file_that_stands_against_an_update_is_a_finding(string text, string instead, string errorId, FindingSeverity severity)
    {
        Needs.Stack();
        await using var stack = await KmpStack.StartAsync(fixture.Images);
        await using var platform = ComposeFixture.Open(stack);
        var current = await platform.InspectAsync(Token);
        var file = await File.ReadAllTextAsync(stack.ComposeFile, Token);
        var changed = file.Replace(text.Replace("IMAGE:", fixture.Images.Repository + ":", StringComparison.Ordinal), instead.Replace("IMAGE:", fixture.Images.Repository + ":", StringComparison.Ordinal), StringComparison.Ordinal);
        Assert.NotEqual(file, changed);
        await File.WriteAllTextAsync(stack.ComposeFile, changed, Token);
        var findings = await platform.CheckAsync(current, fixture.To("v1.1.0"), Token);
        Assert.Contains(findings, f => f.ErrorId == errorId && f.Severity == severity);
        Assert.All(findings, f => Assert.NotNull(f.RecommendedAction));
    }

    [Fact]
    public async Task An_application_that_does_not_run_or_has_no_variable_blocks()
    {
        Needs.Stack();
        await using var stack = await KmpStack.StartAsync(fixture.Images);
        await using var platform = ComposeFixture.Open(stack);
        await File.WriteAllTextAsync(stack.EnvFile, (await File.ReadAllTextAsync(stack.EnvFile, Token)).Replace("KMP_IMAGE_TAG=v1.0.0", "# gone", StringComparison.Ordinal), Token);
        (await stack.ComposeAsync("stop")).Expect("stop");
        var findings = await platform.CheckAsync(await platform.InspectAsync(Token), fixture.To("v1.1.0"), Token);
        Assert.Equal([ErrorIds.ComposeVariableMissing, ErrorIds.NotRunning], findings.Select(f => f.ErrorId).Order());
        Assert.Contains("KMP_IMAGE_TAG=v1.0.0", findings.First(f => f.ErrorId == ErrorIds.ComposeVariableMissing).RecommendedAction, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Logs_come_in_order_and_go_on()
    {
        Needs.Stack();
        await using var stack = await KmpStack.StartAsync(fixture.Images);
        await using var platform = ComposeFixture.Open(stack);
        var past = await platform.LogsAsync(50, follow: false, Token).ToListAsync(Token);
        Assert.NotEmpty(past);
        Assert.Equal(past.Select(l => l.At).Order(), past.Select(l => l.At));
        Assert.All(past, l => Assert.StartsWith(stack.Project, l.Instance, StringComparison.Ordinal));

        using var stop = CancellationTokenSource.CreateLinkedTokenSource(Token);
        var seen = new List<string>();
        var follow = Task.Run(async () =>
        {
            await foreach (var line in platform.LogsAsync(5, follow: true, stop.Token))
            {
                lock (seen)
                    seen.Add(line.Message);
            }
        }, Token);
        await Until.TrueAsync(() => Task.FromResult(seen.Count > 0), TimeSpan.FromSeconds(5), "lines", Token);
        var before = seen.Count;
        await Command.OutputAsync("docker", "exec", await stack.ContainerAsync(), "sh", "-c", "echo hello from a test >/proc/1/fd/1");
        await Until.TrueAsync(() => Task.FromResult(seen.Skip(before).Contains("hello from a test")), TimeSpan.FromSeconds(5), "the new line", Token);
        await stop.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => follow);
    }

    [Fact]
    public async Task Writers_stop_and_start_again()
    {
        Needs.Stack();
        await using var stack = await KmpStack.StartAsync(fixture.Images);
        await using var platform = ComposeFixture.Open(stack);
        var before = await World.LookAsync(stack);
        var stopped = await platform.StopWritersAsync(Token);
        Assert.Equal([await Command.OutputAsync("docker", "ps", "-aq", "--no-trunc", "--filter", $"label=com.docker.compose.project={stack.Project}")], stopped.Select(s => s + "\n"));
        Assert.False((await platform.InspectAsync(Token)).IsRunning);
        Assert.Empty(await platform.StopWritersAsync(Token));
        await platform.StartWritersAsync(stopped, Token);
        Assert.Equal(before, await World.LookAsync(stack));
    }
}
