using UpgradeOps.Engine.Operations;
using UpgradeOps.Integration.Updates;

namespace UpgradeOps.Integration.Health;

/// <summary>Releases that fail in their own ways, on the real engine: how fast it is known, and by what name.</summary>
public sealed class BadReleaseTests(RegistryFixture registry) : IClassFixture<RegistryFixture>
{
    // Far below the 60 s that are declared. On a quiet machine it is 5 s at most; how long it took is printed.
    private static readonly TimeSpan Decided = TimeSpan.FromSeconds(20);

    [Theory]
    [InlineData("crashes", "no", ErrorIds.InstanceExited, "exit code 1")]
    [InlineData("crashes", "unless-stopped", ErrorIds.InstanceExited, "exit code 1")]
    [InlineData("lies", "unless-stopped", ErrorIds.WrongVersion, "it answers with version v1.0.0, not v2.0.1")]
    public async Task A_hard_failure_is_decided_within_seconds_and_taken_back(string release, string restart, string errorId, string told)
    {
        Needs.Stack();
        var bad = release == "crashes"
            ? KmpRelease.V110 with { Version = "v2.0.0", Behaviour = KmpBehaviour.Exits }
            : KmpRelease.V110 with { Version = "v2.0.1", Reports = "v1.0.0" };
        await registry.Images.PublishAsync(bad);
        await using var stack = await KmpStack.StartAsync(registry.Images, new KmpStackOptions { RestartPolicy = restart });
        using var admin = new Admin();
        var name = await admin.RegisterAsync(stack);

        var result = await admin.UpdateAsync(name, version: bad.Version);

        Assert.True(result.Status == UpdateStatus.Undone, $"{result.Status} {result.Error}");
        Assert.Equal(errorId, result.Error!.ErrorId);
        Assert.Contains(told, result.Error.Message);
        Assert.Equal("v1.0.0", await stack.VersionAsync());
        // From the new version's start to the decision, in whichever step that is.
        var decided = result.Steps.Where(s => s.Kind is "compose.start" or "health.verify").Sum(s => s.DurationSeconds);
        TestContext.Current.TestOutputHelper?.WriteLine($"{release}, restart {restart}: decided after {decided} s; {result.Error.Message}");
        Assert.InRange(decided, 0.01, Decided.TotalSeconds);
    }

    [Fact]
    public async Task A_version_that_never_answers_is_waited_for_as_long_as_declared()
    {
        Needs.Stack();
        await registry.Images.PublishAsync(KmpRelease.V110 with { Version = "v2.1.0", Behaviour = KmpBehaviour.Silent });
        await using var stack = await KmpStack.StartAsync(registry.Images, new KmpStackOptions { HealthCheck = false });
        using var admin = new Admin();
        await DeclareAsync(stack, "strategy: recreate", "strategy: recreate\nhealthTimeout: 4s");
        await DeclareAsync(stack, "from: host", "from: host\n    timeout: 1s");
        var name = await admin.RegisterAsync(stack);

        var result = await admin.UpdateAsync(name, version: "v2.1.0");

        Assert.True(result.Status == UpdateStatus.Undone, $"{result.Status} {result.Error}");
        Assert.Equal(ErrorIds.NotHealthy, result.Error!.ErrorId);
        Assert.Contains("no answer within 1 s", result.Error.Message);
        Assert.InRange(Verify(result).DurationSeconds, 4, 7);
        Assert.Equal("v1.0.0", await stack.VersionAsync());
    }

    [Fact]
    public async Task A_version_that_dies_after_it_was_verified_is_not_kept()
    {
        Needs.Stack();
        await registry.Images.PublishAsync(KmpRelease.V110 with { Version = "v2.2.0", DiesAfter = 4 });
        await using var stack = await KmpStack.StartAsync(registry.Images, new KmpStackOptions { Bake = "30s" });
        using var admin = new Admin();
        var name = await admin.RegisterAsync(stack);

        var result = await admin.UpdateAsync(name, version: "v2.2.0");

        Assert.True(result.Status == UpdateStatus.Undone, $"{result.Status} {result.Error}");
        Assert.Equal(ErrorIds.InstanceExited, result.Error!.ErrorId);
        Assert.Equal(StepOutcome.Undone, Verify(result).Outcome);
        Assert.InRange(result.Steps.Single(s => s.Kind == "health.bake").DurationSeconds, 0.1, 10);
        Assert.Equal("v1.0.0", await stack.VersionAsync());
    }

    [Fact]
    public async Task A_slow_start_is_waited_for_and_counted_as_outage()
    {
        Needs.Stack();
        await registry.Images.PublishAsync(KmpRelease.V110 with { Version = "v2.3.0", SlowStart = 3 });
        await using var stack = await KmpStack.StartAsync(registry.Images);
        using var admin = new Admin();
        await DeclareAsync(stack, "from: host", "from: container");
        await DeclareAsync(stack, $"http: {stack.Url}health", $"http: http://kmp.example.org:8080/health");
        var name = await admin.RegisterAsync(stack);

        var result = await admin.UpdateAsync(name, version: "v2.3.0");

        Assert.True(result.Status == UpdateStatus.Kept, $"{result.Status} {result.Error}");
        Assert.InRange(result.OutageSeconds!.Value, 3, 10);
        var report = await new CheckHealth(admin.Session).RunAsync(name, CancellationToken.None);
        Assert.True(report.Healthy, report.Reason);
        Assert.Equal(("v2.3.0", await stack.ContainerAsync()), (report.RunningVersion, Assert.Single(report.Checks).InstanceId));
    }

    [Fact]
    public async Task Without_a_declared_check_a_version_that_runs_is_kept_and_one_that_does_not_is_taken_back()
    {
        Needs.Stack();
        await registry.Images.PublishAsync(KmpRelease.V110 with { Version = "v2.4.0", Behaviour = KmpBehaviour.Exits });
        await using var stack = await KmpStack.StartAsync(registry.Images, new KmpStackOptions { HealthCheck = false });
        using var admin = new Admin();
        var text = await File.ReadAllTextAsync(stack.DefinitionPath);
        var (from, to) = (text.IndexOf("health:", StringComparison.Ordinal), text.IndexOf("backups:", StringComparison.Ordinal));
        await File.WriteAllTextAsync(stack.DefinitionPath, text.Remove(from, to - from));
        var name = await admin.RegisterAsync(stack);

        var bad = await admin.UpdateAsync(name, version: "v2.4.0");
        var good = await admin.UpdateAsync(name, version: "v1.1.0");

        Assert.True(bad is { Status: UpdateStatus.Undone, Error.ErrorId: ErrorIds.InstanceExited }, $"{bad.Status} {bad.Error}");
        Assert.True(good.Status == UpdateStatus.Kept, $"{good.Status} {good.Error}");
        Assert.Contains(good.Findings, f => f.ErrorId == ErrorIds.NoHealthCheck);
        Assert.Equal("v1.1.0", await stack.VersionAsync());
    }

    private static StepResult Verify(UpdateResult result) => result.Steps.Single(s => s.Kind == "health.verify");

    private static async Task DeclareAsync(KmpStack stack, string from, string to)
    {
        var text = await File.ReadAllTextAsync(stack.DefinitionPath);
        Assert.Contains(from, text);
        await File.WriteAllTextAsync(stack.DefinitionPath, text.Replace(from, to));
    }
}
