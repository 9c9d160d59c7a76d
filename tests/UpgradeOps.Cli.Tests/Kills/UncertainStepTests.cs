using System.Diagnostics;
using UpgradeOps.Engine.Operations;

namespace UpgradeOps.Cli.Tests.Kills;

/// <summary>
/// A command that a restore runs, cut off by a real SIGKILL: nobody can know what it did. It is not run again unless a person says so.
/// </summary>
public sealed class UncertainStepTests
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_command_that_a_kill_cut_off_is_repeated_only_when_a_person_says_so()
    {
        await using var app = await InstallAsync();
        await KillInCommandAsync(app);

        var resumed = await new ResumeUpdate(app.Session).RunAsync(new ResumeOptions { Name = "app" }, Token);
        AssertAsks(resumed);
        AssertAsks(await new ResumeUpdate(app.Session).RunAsync(new ResumeOptions { Name = "app" }, Token));
        Assert.Equal(1, Runs(app));

        File.WriteAllText(app.GatePath, "");
        var forced = await new ResumeUpdate(app.Session).RunAsync(new ResumeOptions { Name = "app", Force = true }, Token);
        Assert.True(forced.Status == UpdateStatus.Kept, forced.Error?.Message);
        Assert.Equal(2, Runs(app));
        await app.AssertRunsAsync("1.0.0");
    }

    [Fact]
    public async Task Or_it_is_taken_back_without_being_run_again()
    {
        await using var app = await InstallAsync();
        await KillInCommandAsync(app);
        AssertAsks(await new ResumeUpdate(app.Session).RunAsync(new ResumeOptions { Name = "app" }, Token));

        var undone = await new UndoUpdate(app.Session).RunAsync(new UndoOptions { Name = "app" }, Token);
        Assert.True(undone.Status == UpdateStatus.Undone, undone.Error?.Message);
        Assert.Equal(1, Runs(app));

        // What the killed process had started lives on by itself, as nobody was left to end it.
        File.WriteAllText(app.GatePath, "");
        for (var waited = Stopwatch.StartNew(); app.Processes.Sessions().Distinct().Count() > 1 && waited.Elapsed < TimeSpan.FromMinutes(1);)
            await Task.Delay(20, Token);
        await app.AssertRunsAsync("1.0.0");
    }

    private static void AssertAsks(UpdateResult result)
    {
        Assert.Equal(UpdateStatus.NeedsAttention, result.Status);
        Assert.Equal(ErrorIds.StepUncertain, result.Error!.ErrorId);
        Assert.Contains("nothing shows whether it took effect", result.Error.Message, StringComparison.Ordinal);
        Assert.Contains("Resume-AppUpdate -Name app -Force", result.Next, StringComparison.Ordinal);
        Assert.Contains("Undo-AppUpdate -Name app", result.Next, StringComparison.Ordinal);
    }

    private static async Task<ServiceInstallation> InstallAsync()
    {
        var app = await ServiceInstallation.CreateAsync();
        // It says that it runs, and waits; it gives up by itself, for its parent is killed.
        var restore = $"cat >/dev/null; echo once >> {app.ReachedPath}; n=0; until [ -e {app.GatePath} ] || [ $n -gt 300 ]; do sleep 0.1; n=$((n + 1)); done";
        await File.AppendAllTextAsync(app.DefinitionPath, $"backups: [ {{ command: {{ name: words, run: [echo, hello], restore: [sh, -c, \"{restore}\"] }} }} ]\n", Token);
        await new BackupApp(app.Session).RunAsync("app", Token);
        return app;
    }

    private static async Task KillInCommandAsync(ServiceInstallation app)
    {
        using var restore = Cli.Start(["restore", "app", "--force", .. app.Globals]);
        var output = Task.WhenAll(restore.StandardOutput.ReadToEndAsync(Token), restore.StandardError.ReadToEndAsync(Token));
        for (var waited = Stopwatch.StartNew(); Runs(app) == 0 && waited.Elapsed < TimeSpan.FromMinutes(1);)
        {
            Assert.False(restore.HasExited, restore.HasExited ? string.Join(' ', await output) : "");
            await Task.Delay(20, Token);
        }

        restore.Kill();
        await restore.WaitForExitAsync(Token);
    }

    private static int Runs(ServiceInstallation app) => File.Exists(app.ReachedPath) ? File.ReadAllLines(app.ReachedPath).Length : 0;
}
