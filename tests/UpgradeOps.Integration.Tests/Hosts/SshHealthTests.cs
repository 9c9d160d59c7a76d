using UpgradeOps.Engine.Progress;

namespace UpgradeOps.Integration.Hosts;

/// <summary>Asking an application through a tunnel that breaks, over a real SSH server.</summary>
public sealed class SshHealthTests
{
    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_tunnel_that_breaks_while_the_new_version_is_tested_and_watched_is_no_word_against_it(bool halfway)
    {
        Needs.Parts(Part.Ssh);
        await using var world = await SshServiceWorld.StartAsync();
        using var page = new CuttingPage(world.Server);
        var text = await File.ReadAllTextAsync(world.Definition, TestContext.Current.CancellationToken);
        text = text.Replace("health: [ {", $"health: [ {{ http: \"{page.Url}\" }}, {{", StringComparison.Ordinal)
                .Replace("healthTimeout: 20s", "healthTimeout: 2m", StringComparison.Ordinal)
            + $"\nbake: 3s\nsmoke: [ {{ name: page, http: \"{page.Url}\" }}, {{ name: command, command: [test, -d, .] }} ]\n";
        await File.WriteAllTextAsync(world.Definition, text, TestContext.Current.CancellationToken);
        Assert.Equal(UpdateStatus.Kept, (await world.UpdateAsync("1.0.0")).Status);

        var outcome = await world.RunAsync(
            e =>
            {
                if (e.Kind == ProgressKind.StepStarted && e.StepId!.Contains("health.", StringComparison.Ordinal))
                    page.Arm(cuts: e.StepId.Contains("smoke", StringComparison.Ordinal) ? 2 : 4, halfway);
                return false;
            },
            "update", world.Definition, "--version", "1.1.0", "--yes");

        Assert.True((outcome.Result.Status, outcome.Result.To) == (UpdateStatus.Kept, "1.1.0"), outcome.ToString());
        Assert.Equal(10, page.Made);
        Assert.Equal("1.1.0", await world.RunningAsync());
    }
}
