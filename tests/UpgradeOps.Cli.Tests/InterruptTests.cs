using System.Diagnostics;
using UpgradeOps.KillHost;

namespace UpgradeOps.Cli.Tests;

/// <summary>
/// Ctrl+C on a real process in the middle of a real update: the first asks to stop at the next safe point, also in a step that lasts; the
/// second no longer waits. Either way somebody can go on.
/// </summary>
public sealed class InterruptTests
{
    /// <summary>It cannot be asked to end: it is killed when its time is over.</summary>
    private const string Stubborn = "trap '' TERM\nwhile :; do sleep 0.02; done\n";

    [Theory]
    [InlineData("INT", "health.bake", "bake: 10s", "resume", "1.1.0")]
    [InlineData("TERM", "health.bake", "bake: 1h", "undo", "1.0.0")]
    [InlineData("INT", "health.verify", "healthTimeout: 1h", "resume", "1.1.0")]
    [InlineData("TERM", "backup.create", "", "resume", "1.1.0")]
    [InlineData("INT", "backup.create", "", "undo", "1.0.0")]
    public async Task The_first_breaks_off_a_step_that_may_be_and_says_how_to_go_on(string signal, string step, string setting, string then, string version)
    {
        await using var app = await ServiceInstallation.CreateAsync(quiesce: step == "backup.create" ? "none" : null);
        await File.AppendAllTextAsync(app.DefinitionPath, setting + "\n");
        app.Page.IsWell = step != "health.verify";
        using var update = Cli.Start(["update", "app", "--version", "1.1.0", "--json", "--progress", "json", .. app.Globals]);
        var output = update.StandardOutput.ReadToEndAsync();
        await ReadUntilAsync(update, line => line.Contains("StepStarted", StringComparison.Ordinal) && line.Contains(step, StringComparison.Ordinal));

        Signals.Send(update.Id, signal == "INT" ? Signals.Interrupt : Signals.Terminate);
        var error = await update.StandardError.ReadToEndAsync(TestContext.Current.CancellationToken);
        await update.WaitForExitAsync(TestContext.Current.CancellationToken);

        Assert.True(update.ExitCode == ExitCodes.Interrupted, $"exit {update.ExitCode}: {error}");
        Assert.Contains("\"Interrupted\"", await output, StringComparison.Ordinal);
        Assert.Contains("Stopping at the next safe point", error, StringComparison.Ordinal);
        Assert.Contains("next: upgradeops resume app", error, StringComparison.Ordinal);
        app.Page.IsWell = true;
        await File.WriteAllTextAsync(app.GatePath, "");
        await GoOnAsync(app, then);
        await app.AssertRunsAsync(version);
    }

    [Fact]
    public async Task The_second_no_longer_waits_for_the_step_at_hand_and_another_process_goes_on()
    {
        await using var app = await ServiceInstallation.CreateAsync(serve: Stubborn);
        var definition = await File.ReadAllTextAsync(app.DefinitionPath);
        await File.WriteAllTextAsync(app.DefinitionPath, definition.Replace("stopTimeout: 5s", "stopTimeout: 20s", StringComparison.Ordinal));
        using var update = Cli.Start(["update", "app", "--version", "1.1.0", "--json", "--progress", "json", .. app.Globals]);
        _ = update.StandardOutput.ReadToEndAsync();
        await ReadUntilAsync(update, line => line.Contains("StepStarted", StringComparison.Ordinal) && line.Contains("service.stop", StringComparison.Ordinal));

        Signals.Send(update.Id, Signals.Interrupt);
        await ReadUntilAsync(update, line => line.Contains("once more to end at once", StringComparison.Ordinal));
        Assert.False(update.HasExited);
        Signals.Send(update.Id, Signals.Interrupt);
        await update.WaitForExitAsync(TestContext.Current.CancellationToken);

        Assert.Equal(ExitCodes.Interrupted, update.ExitCode);
        var journal = await File.ReadAllTextAsync(Directory.GetFiles(app.StateFolder, "journal.jsonl", SearchOption.AllDirectories).Order(StringComparer.Ordinal).Last());
        Assert.DoesNotContain(journal.Split('\n'), l => l.Contains("service.stop#1", StringComparison.Ordinal) && l.Contains("\"done\"", StringComparison.Ordinal));
        await GoOnAsync(app, "resume");
        await app.AssertRunsAsync("1.1.0");
    }

    private static async Task GoOnAsync(ServiceInstallation app, string verb)
    {
        var outcome = await Cli.RunAsync([verb, "app", .. verb == "undo" ? new[] { "--yes" } : [], .. app.Globals]);
        Assert.True(outcome.ExitCode is ExitCodes.Ok or ExitCodes.Undone, $"exit {outcome.ExitCode}: {outcome.Output} {outcome.Error}");
    }

    private static async Task ReadUntilAsync(Process process, Func<string, bool> found)
    {
        while (await process.StandardError.ReadLineAsync(TestContext.Current.CancellationToken) is { } line)
        {
            if (found(line))
                return;
        }

        Assert.Fail("The process ended before it came to the point.");
    }
}
