using System.Globalization;
using UpgradeOps.Engine.Operations;
using UpgradeOps.Integration.Updates;

namespace UpgradeOps.Integration.Backups;

/// <summary>A Compose application that stands still while its database, volume and files are copied; its database goes on.</summary>
public sealed class PausedStackTests(RegistryFixture registry) : IClassFixture<RegistryFixture>
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task It_is_paused_for_as_long_as_is_told_and_goes_on_though_a_backup_was_killed_in_the_middle()
    {
        Needs.Stack();
        await using var stack = await KmpStack.StartAsync(registry.Images, new KmpStackOptions { Database = DatabaseKind.Postgres });
        using var folder = new TempFolder("paused-");
        var gate = folder["gate"];
        var command = $"n=0; until [ -e {gate} ] || [ $n -gt 1200 ]; do sleep 0.1; n=$((n + 1)); done; echo done";
        var definition = await File.ReadAllTextAsync(stack.DefinitionPath, Token);
        await File.WriteAllTextAsync(
            stack.DefinitionPath, definition.Replace("backups: [ ", $"quiesce: pause\nbackups: [ {{ command: {{ name: slow, run: [sh, -c, \"{command}\"] }} }}, ", StringComparison.Ordinal), Token);
        using var admin = new Admin();
        var name = await admin.RegisterAsync(stack);
        var app = (await Command.OutputAsync("docker", "ps", "--quiet", "--no-trunc", "--filter", $"label=com.docker.compose.project={stack.Project}", "--filter", "label=com.docker.compose.service=app")).Trim();

        var killed = await ConsoleProcess.RunAsync(e => e.Message.StartsWith("command:slow", StringComparison.Ordinal), null, ["backup", name, .. admin.Folders]);
        Assert.True(killed.KilledAt is not null, killed.ToString());
        Assert.Equal("true", await PausedAsync(app));

        await File.WriteAllTextAsync(gate, "", Token);
        var since = UnixTime(DateTimeOffset.UtcNow);
        var backup = await new BackupApp(admin.NewSession()).RunAsync(name, Token);
        Assert.Equal(BackupConsistency.Quiesced, backup.Consistency);
        Assert.True(backup.HeldSeconds > 0);
        Assert.Equal(0, backup.SpreadSeconds);
        Assert.Equal("false", await PausedAsync(app));
        var events = await Command.OutputAsync(
            "docker", "events", "--since", since, "--until", UnixTime(DateTimeOffset.UtcNow.AddSeconds(1)), "--filter", $"container={app}", "--format", "{{.Action}}");
        Assert.Equal(["unpause", "pause", "unpause"], events.Split('\n', StringSplitOptions.RemoveEmptyEntries).Where(e => e is "pause" or "unpause"));
    }

    /// <summary>With its fraction: the killed backup's own pause may be of the same second.</summary>
    private static string UnixTime(DateTimeOffset time) => (time.ToUnixTimeMilliseconds() / 1000.0).ToString("F3", CultureInfo.InvariantCulture);

    private static async Task<string> PausedAsync(string container) =>
        (await Command.OutputAsync("docker", "inspect", "--format", "{{.State.Paused}}", container)).Trim();
}
