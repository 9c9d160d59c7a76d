using System.Diagnostics;
using System.Text.Json;
using UpgradeOps.KillHost;

namespace UpgradeOps.Cli.Tests;

/// <summary>The demo checks its own claims; here it is checked that it ends as it promises, also when it is broken off.</summary>
public sealed class DemoTests
{
    public DemoTests() => Assert.SkipUnless(OperatingSystem.IsLinux(), "The supervisor 'process' needs Linux.");

    [Fact]
    public async Task It_ends_with_one_json_object_of_three_updates()
    {
        var outcome = await Cli.RunAsync("demo", "--json");

        Assert.True(outcome.ExitCode == ExitCodes.Ok, outcome.Error);
        using var json = JsonDocument.Parse(outcome.Output);
        var updates = json.RootElement.GetProperty("updates").EnumerateArray().ToList();
        Assert.Equal(["1.0.0>1.1.0 Kept False", "1.1.0>1.2.0 Undone False", "1.1.0>1.3.0 Kept True"], updates.Select(u =>
            $"{u.GetProperty("from")}>{u.GetProperty("to")} {u.GetProperty("status")} {u.GetProperty("resumed").GetBoolean()}"));
        Assert.All(updates, u => Assert.InRange(u.GetProperty("outageSeconds").GetDouble(), 0.01, 60));
        Assert.All(updates, u => Assert.NotEmpty(u.GetProperty("steps").EnumerateArray()));
        var claims = json.RootElement.GetProperty("claims").EnumerateArray().ToList();
        Assert.True(claims.Count >= 15);
        Assert.All(claims, c => Assert.True(c.GetProperty("holds").GetBoolean(), c.ToString()));
        Assert.True(json.RootElement.GetProperty("acknowledgedNotes").GetInt32() > 50);
        Assert.Contains("All ", outcome.Error);
    }

    [Fact]
    public async Task Broken_off_it_leaves_nothing_behind()
    {
        using var demo = Cli.Start("demo");
        string? folder = null;
        while (folder is null && await demo.StandardOutput.ReadLineAsync(TestContext.Current.CancellationToken) is { } line)
            folder = line.Trim().StartsWith("sandbox ", StringComparison.Ordinal) ? line.Trim().Split(' ')[1] : null;
        _ = demo.StandardOutput.ReadToEndAsync();
        var error = demo.StandardError.ReadToEndAsync();
        Assert.True(Directory.Exists(folder));
        await Task.Delay(2000, TestContext.Current.CancellationToken);

        Signals.Send(demo.Id, Signals.Interrupt);
        await demo.WaitForExitAsync(TestContext.Current.CancellationToken);

        Assert.True(demo.ExitCode == ExitCodes.Interrupted, $"{demo.ExitCode} {await error}");
        Assert.False(Directory.Exists(folder));
    }
}
