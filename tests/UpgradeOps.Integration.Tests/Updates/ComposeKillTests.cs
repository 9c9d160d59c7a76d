using UpgradeOps.Engine.Progress;

namespace UpgradeOps.Integration.Updates;

/// <summary>
/// The updating process gets a real SIGKILL at a boundary; then the definition is deleted and the registry switched off, and another
/// process resumes or undoes. What runs afterwards is exactly the old or exactly the new version, and every row is there.
/// </summary>
public sealed class ComposeKillTests
{
    public static TheoryData<string, ProgressKind, string, bool> Kills => new()
    {
        // What is to be updated to, where it dies, and whether a person then undoes instead of resuming.
        { "v1.1.0", ProgressKind.StepDone, "compose.hold", false },
        { "v1.1.0", ProgressKind.StepStarted, "backup.create", false },
        { "v1.1.0", ProgressKind.StepDone, "compose.env", true },
        { "v1.1.0", ProgressKind.StepStarted, "compose.create", false },
        { "v1.1.0", ProgressKind.StepDone, "compose.create", true },
        { "v1.1.0", ProgressKind.StepStarted, "compose.stop", false },
        { "v1.1.0", ProgressKind.StepDone, "compose.stop", true },
        { "v1.1.0", ProgressKind.StepStarted, "compose.start", false },
        { "v1.1.0", ProgressKind.StepStarted, "health.verify", true },
        { "v1.1.0", ProgressKind.StepStarted, "compose.keep", false },
        { "v1.2.0", ProgressKind.StepFailed, "health.verify", false },
        { "v1.2.0", ProgressKind.Undoing, "compose.start", false },
        { "v1.2.0", ProgressKind.Undoing, "compose.create", false },
        { "v1.2.0", ProgressKind.StepUndone, "compose.env", true },
    };

    [Theory]
    [MemberData(nameof(Kills))]
    public async Task After_a_kill_another_process_brings_the_old_or_the_new_version_and_nothing_between(string to, ProgressKind kind, string step, bool undo)
    {
        Needs.Stack();
        await using var registry = await RegistryServer.StartAsync();
        var images = new TestImages(registry);
        await images.PublishAllAsync();
        await using var stack = await KmpStack.StartAsync(images);
        await ShortenHealthAsync(stack);
        var env = await File.ReadAllTextAsync(stack.EnvFile);
        using var admin = new Admin();
        var name = await admin.RegisterAsync(stack);
        await stack.WriteAsync("before");

        var killed = await ConsoleProcess.RunAsync(
            e => e.Kind == kind && e.StepId?.Contains(step, StringComparison.Ordinal) == true, null, ["update", name, "--version", to, "--yes", .. admin.Folders]);
        Assert.True(killed.KilledAt is not null, $"never came to {kind} {step}: {killed}");
        File.Delete(stack.DefinitionPath);
        await registry.PauseAsync();

        var ended = await ConsoleProcess.RunAsync(null, null, undo ? ["undo", name, "--yes", .. admin.Folders] : ["resume", name, .. admin.Folders]);
        Assert.True(ended.Output.StartsWith('{'), ended.ToString());
        var result = ended.Result;
        Assert.True(result.Status is UpdateStatus.Kept or UpdateStatus.Undone, ended.ToString());
        var wanted = result.Status == UpdateStatus.Kept ? to : "v1.0.0";
        Assert.Equal(to == "v1.2.0" || undo ? UpdateStatus.Undone : UpdateStatus.Kept, result.Status);
        Assert.Equal(wanted, await stack.VersionAsync());
        Assert.Equal(env.Replace("KMP_IMAGE_TAG=v1.0.0 ", $"KMP_IMAGE_TAG={wanted} ", StringComparison.Ordinal), await File.ReadAllTextAsync(stack.EnvFile));
        Assert.Equal(1, await stack.RowsAsync());
        Assert.Equal(1, await CountAsync(stack, "app"));
        Assert.Null((await ConsoleProcess.RunAsync(null, null, ["lock", name, .. admin.Folders])).Output.Contains("fence", StringComparison.Ordinal) ? "held" : null);
        (await stack.ComposeAsync("up", "--detach", "--pull", "never")).Expect("docker compose up");
        Assert.Equal(wanted, await stack.VersionAsync());
    }

    private static async Task ShortenHealthAsync(KmpStack stack)
    {
        var text = await File.ReadAllTextAsync(stack.DefinitionPath);
        await File.WriteAllTextAsync(stack.DefinitionPath, text.Replace("strategy: recreate", "strategy: recreate\nhealthTimeout: 8s", StringComparison.Ordinal));
    }

    private static async Task<int> CountAsync(KmpStack stack, string service) =>
        (await Command.OutputAsync("docker", "ps", "--all", "--quiet", "--filter", $"label=com.docker.compose.project={stack.Project}", "--filter", $"label=com.docker.compose.service={service}"))
            .Split('\n', StringSplitOptions.RemoveEmptyEntries).Length;
}
