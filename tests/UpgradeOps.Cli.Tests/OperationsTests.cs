using System.Diagnostics;
using System.Text.Json;
using UpgradeOps.KillHost;

namespace UpgradeOps.Cli.Tests;

/// <summary>The verbs that work on an application, one after the other on a real one, each as a process of its own.</summary>
public sealed class OperationsTests : IAsyncDisposable
{
    private const UnixFileMode ForOthers = (UnixFileMode)0b000_111_111;

    private readonly Task<ServiceInstallation> installing = ServiceInstallation.CreateAsync();

    public async ValueTask DisposeAsync() => await (await installing).DisposeAsync();

    [Fact]
    public async Task A_plan_runs_once_and_is_refused_when_the_world_has_moved()
    {
        var app = await installing;
        var file = Path.GetTempFileName();
        var planned = await RunAsync("plan", "app", "--version", "1.1.0", "--json");
        await File.WriteAllTextAsync(file, planned.Output);

        var shown = await RunAsync("update", "app", "--plan", file, "--what-if");
        await app.AssertRunsAsync("1.0.0");
        var kept = await RunAsync("update", "app", "--plan", file, "--json");
        await app.AssertRunsAsync("1.1.0");
        var stale = await RunAsync("update", "app", "--plan", file, "--json");
        var same = await RunAsync("update", "app", "--version", "1.1.0", "--json");
        File.Delete(file);

        Assert.Equal(ExitCodes.Ok, planned.ExitCode);
        Assert.Equal(ExitCodes.Ok, shown.ExitCode);
        Assert.Contains(Text(planned, "hash"), shown.Output);
        Assert.Equal((ExitCodes.Ok, "Kept"), (kept.ExitCode, Text(kept, "status")));
        Assert.Equal((ExitCodes.Refused, "Refused"), (stale.ExitCode, Text(stale, "status")));
        Assert.Contains($"id: {ErrorIds.PlanStale}", stale.Error);
        Assert.Equal((ExitCodes.NothingToDo, "NothingToDo"), (same.ExitCode, Text(same, "status")));
    }

    [Fact]
    public async Task A_bad_version_is_undone_refused_and_told()
    {
        var app = await installing;

        var undone = await RunAsync("update", "app", "--version", "1.2.0", "--json");
        var again = await RunAsync("update", "app", "--version", "1.2.0");
        var history = await RunAsync("history", "app");

        Assert.True(undone.ExitCode == ExitCodes.Undone, undone.Error);
        Assert.Contains("no disk today", undone.Error);
        Assert.Equal("Undone", Text(undone, "status"));
        Assert.Equal(ExitCodes.Refused, again.ExitCode);
        Assert.Contains($"id: {ErrorIds.KnownBad}", again.Error);
        Assert.Contains("next: ", again.Error);
        Assert.DoesNotContain("-App", again.Error);
        Assert.Matches(@"(?m)^\S+ +Update +Undone +1\.0\.0 +1\.2\.0", history.Output);
        await app.AssertRunsAsync("1.0.0");
    }

    [Fact]
    public async Task A_kept_update_is_taken_back()
    {
        var app = await installing;
        await RunAsync("update", "app", "--version", "1.1.0");

        var whatIf = await RunAsync("undo", "app", "--what-if");
        await app.AssertRunsAsync("1.1.0");
        var undone = await RunAsync("undo", "app", "--yes", "--json");
        await app.AssertRunsAsync("1.0.0");
        var status = await RunAsync("status", "app");
        var locked = await RunAsync("lock", "app");

        Assert.Equal(ExitCodes.Ok, whatIf.ExitCode);
        Assert.Equal((ExitCodes.Ok, "Kept", "Undo"), (undone.ExitCode, Text(undone, "status"), Text(undone, "kind")));
        Assert.Matches(@"(?m)^app +1\.0\.0 +1\.2\.0", status.Output);
        Assert.Equal("Nobody works on app now.", locked.Output.Trim());

        // Whoever wants it again is told who took it back, and is not refused; once it is kept again, that is forgotten.
        var warned = await RunAsync("update", "app", "--version", "1.1.0", "--what-if", "--json");
        Assert.Contains($"\"{ErrorIds.TakenBack}\"", warned.Output);
        Assert.Contains($"1.1.0 was taken back by {System.Environment.UserName}@", warned.Output);
        Assert.Contains("\"takenBack\": \"1.1.0 was taken back by ", (await RunAsync("releases", "app", "--json")).Output);
        Assert.DoesNotContain(ErrorIds.TakenBack, (await RunAsync("update", "app", "--version", "1.0.0", "--what-if", "--json")).Output);
        Assert.Equal(ExitCodes.Ok, (await RunAsync("update", "app", "--version", "1.1.0")).ExitCode);
        Assert.DoesNotContain("takenBack", (await RunAsync("releases", "app", "--json")).Output);
    }

    [Fact]
    public async Task The_first_interrupt_stops_at_the_next_safe_point()
    {
        var app = await installing;
        using var update = Cli.Start(["update", "app", "--version", "1.1.0", "--json", "--progress", "json", .. app.Globals]);
        var output = update.StandardOutput.ReadToEndAsync();
        while (await update.StandardError.ReadLineAsync(TestContext.Current.CancellationToken) is { } line && !line.Contains("service.stage"))
        {
        }

        Signals.Send(update.Id, Signals.Interrupt);
        var error = await update.StandardError.ReadToEndAsync(TestContext.Current.CancellationToken);
        await update.WaitForExitAsync(TestContext.Current.CancellationToken);
        using var json = JsonDocument.Parse(await output);
        var status = await RunAsync("status", "app", "--json");
        var other = await RunAsync("update", "app", "--version", "1.1.0");
        var resumed = await RunAsync("resume", "app", "--json");

        Assert.True(update.ExitCode == ExitCodes.Interrupted, error);
        Assert.Equal("Interrupted", json.RootElement.GetProperty("status").GetString());
        Assert.Contains("next: upgradeops resume app", error);
        Assert.Equal(json.RootElement.GetProperty("operationId").GetString(), Text(status, "pendingOperation"));
        Assert.Equal(ExitCodes.Refused, other.ExitCode);
        Assert.Contains($"id: {ErrorIds.OperationPending}", other.Error);
        Assert.Equal((ExitCodes.Ok, "Kept"), (resumed.ExitCode, Text(resumed, "status")));
        await app.AssertRunsAsync("1.1.0");
    }

    [Fact]
    public async Task What_is_written_is_its_owner_s_alone_under_any_umask()
    {
        var app = await installing;
        var command = string.Join(' ', new[] { Demo.Sandbox.Dotnet, Cli.Assembly, "update", "app", "--version", "1.1.0" }.Concat(app.Globals).Select(a => $"'{a}'"));

        using (var update = Process.Start(new ProcessStartInfo("sh", ["-c", $"umask 000; exec {command}"]) { RedirectStandardOutput = true })!)
        {
            await update.StandardOutput.ReadToEndAsync(TestContext.Current.CancellationToken);
            await update.WaitForExitAsync(TestContext.Current.CancellationToken);
            Assert.Equal(ExitCodes.Ok, update.ExitCode);
        }

        var written = Directory.EnumerateFileSystemEntries(app.StateFolder, "*", SearchOption.AllDirectories)
            .Concat(Directory.EnumerateFileSystemEntries(app.ServiceFolder("log")))
            .Concat(Directory.EnumerateFileSystemEntries(app.ServiceFolder("run")))
            .ToList();
        Assert.True(written.Count > 5);
        Assert.All(written, path => Assert.True((File.GetUnixFileMode(path) & ForOthers) == 0, $"{path}: {File.GetUnixFileMode(path)}"));
    }

    private async Task<Outcome> RunAsync(params string[] arguments) => await Cli.RunAsync([.. arguments, .. (await installing).Globals]);

    private static string Text(Outcome outcome, string member)
    {
        using var json = JsonDocument.Parse(outcome.Output);
        return json.RootElement.GetProperty(member).GetString()!;
    }
}
