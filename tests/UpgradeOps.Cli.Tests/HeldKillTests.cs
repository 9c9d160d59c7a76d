using System.Text.Json;
using UpgradeOps.Engine.Operations;

namespace UpgradeOps.Cli.Tests;

/// <summary>The console really killed while the application stands still for its backup: whoever works on it next lets it go first.</summary>
public sealed class HeldKillTests
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData("pause")]
    [InlineData("stop")]
    public async Task The_next_backup_lets_go_what_a_killed_one_held(string mode)
    {
        await using var app = await ServiceInstallation.CreateAsync(quiesce: mode);
        await KillWhileHeldAsync(app, "backup", "app");
        Assert.False(await app.IsAtWorkAsync());

        File.WriteAllText(app.GatePath, "");
        var backup = await new BackupApp(app.Session).RunAsync("app", Token);
        Assert.Equal(BackupConsistency.Quiesced, backup.Consistency);
        Assert.True(backup.HeldSeconds > 0);
        Assert.True(await app.IsAtWorkAsync());
        await app.AssertRunsAsync("1.0.0");
    }

    [Theory]
    [InlineData("pause", false)]
    [InlineData("pause", true)]
    [InlineData("stop", false)]
    public async Task An_update_that_was_killed_while_it_held_goes_on_or_back_and_the_application_works(string mode, bool undo)
    {
        await using var app = await ServiceInstallation.CreateAsync(quiesce: mode);
        await KillWhileHeldAsync(app, "update", "app", "--version", "1.1.0");
        Assert.False(await app.IsAtWorkAsync());

        File.WriteAllText(app.GatePath, "");
        var result = undo
            ? await new UndoUpdate(app.Session).RunAsync(new UndoOptions { Name = "app" }, Token)
            : await new ResumeUpdate(app.Session).RunAsync(new ResumeOptions { Name = "app" }, Token);
        Assert.True(result.Status == (undo ? UpdateStatus.Undone : UpdateStatus.Kept), $"{result.Status} {result.Error?.ErrorId} {result.Error?.Message}");
        Assert.True(await app.IsAtWorkAsync());
        await app.AssertRunsAsync(undo ? "1.0.0" : "1.1.0");
    }

    [Fact]
    public async Task An_update_of_an_application_that_a_killed_backup_held_lets_it_go_first()
    {
        await using var app = await ServiceInstallation.CreateAsync(quiesce: "pause");
        await KillWhileHeldAsync(app, "backup", "app");
        File.WriteAllText(app.GatePath, "");
        Assert.Equal(UpdateStatus.Kept, (await new UpdateApp(app.Session).RunAsync(new UpdateOptions { Name = "app", Version = "1.1.0" }, Token)).Status);
        Assert.True(await app.IsAtWorkAsync());
        await app.AssertRunsAsync("1.1.0");
    }

    /// <summary>The backup's own command says when it runs, and waits for a gate that is not opened.</summary>
    private static async Task KillWhileHeldAsync(ServiceInstallation app, params string[] arguments)
    {
        using var process = Cli.Start([.. arguments, .. app.Globals, "--json", "--progress", "json"]);
        var output = process.StandardOutput.ReadToEndAsync(Token);
        var error = process.StandardError.ReadToEndAsync(Token);
        while (!File.Exists(app.ReachedPath))
        {
            Assert.False(process.HasExited, process.HasExited ? await error + await output : "");
            await Task.Delay(50, Token);
        }

        process.Kill();
        await process.WaitForExitAsync(Token);
    }
}
