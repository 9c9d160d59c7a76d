using System.Diagnostics;
using UpgradeOps.Engine.Operations;

namespace UpgradeOps.Cli.Tests;

/// <summary>Backups removed through the console, also by one that is killed in the middle.</summary>
public sealed class RemoveBackupTests
{
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(2);

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task What_expires_is_told_removed_and_gone_and_what_an_open_operation_needs_stays()
    {
        await using var app = await ServiceInstallation.CreateAsync(quiesce: "none");
        File.WriteAllText(app.GatePath, "");
        // The update that made the application run has one for the way back.
        var first = Assert.Single(await IdsAsync(app));
        var backups = new[] { await BackUpAsync(app), await BackUpAsync(app), await BackUpAsync(app) };
        var none = await RunAsync(app, "remove-backup", "app", "--expired");
        Assert.Equal(ExitCodes.Error, none.ExitCode);
        Assert.Contains(ErrorIds.RetentionNotDeclared, none.Error, StringComparison.Ordinal);
        Assert.Equal(ExitCodes.Usage, (await RunAsync(app, "remove-backup", "app")).ExitCode);

        await File.AppendAllTextAsync(app.DefinitionPath, "retention: { last: 1 }\n", Token);
        var told = await RunAsync(app, "remove-backup", "app", "--expired", "--what-if");
        Assert.Equal(0, told.ExitCode);
        Assert.Contains("expired: beyond last: 1", told.Output, StringComparison.Ordinal);
        Assert.Contains("one of the last 1", told.Output, StringComparison.Ordinal);
        Assert.Contains("needed to take back operation", told.Output, StringComparison.Ordinal);
        Assert.Equal(4, (await IdsAsync(app)).Count);

        await new ProveBackup(app.Session).RunAsync("app", backups[2].BackupId, ProofLevel.Structure, Token);
        var needed = await RunAsync(app, "remove-backup", "app", backups[2].BackupId);
        Assert.Contains(ErrorIds.BackupNeeded, needed.Error, StringComparison.Ordinal);
        var removed = await RunAsync(app, "remove-backup", "app", "--expired");
        Assert.Equal(0, removed.ExitCode);
        Assert.Equal([backups[2].BackupId, first], await IdsAsync(app));
        Assert.Equal(0, (await RunAsync(app, "remove-backup", "app", backups[2].BackupId, "--force")).ExitCode);
        Assert.Equal([first], await IdsAsync(app));
        Assert.Contains("needed", (await RunAsync(app, "remove-backup", "app", first)).Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_removal_that_is_killed_leaves_nothing_that_looks_like_a_backup_and_the_next_backup_clears_its_rest()
    {
        await using var app = await ServiceInstallation.CreateAsync(quiesce: "none");
        File.WriteAllText(app.GatePath, "");
        var backup = await BackUpAsync(app);
        var other = await BackUpAsync(app);
        // Enough that its removal takes a while.
        for (var i = 0; i < 20_000; i++)
            File.WriteAllText(Path.Combine(backup.Location, $"extra-{i}"), "");
        var rest = Path.Combine(Path.GetDirectoryName(backup.Location)!, ".removed-" + backup.BackupId);
        using (var process = Cli.Start(["remove-backup", "app", backup.BackupId, "--force", .. app.Globals]))
        {
            var clock = Stopwatch.StartNew();
            while (!Directory.Exists(rest) && !process.HasExited && clock.Elapsed < Patience)
                await Task.Delay(1, Token);
            process.Kill();
            await process.WaitForExitAsync(Token);
        }

        Assert.True(Directory.Exists(rest), "it was removed before it could be killed");
        Assert.DoesNotContain(backup.BackupId, await IdsAsync(app));
        await BackUpAsync(app);
        Assert.False(Directory.Exists(rest));
        Assert.Contains(other.BackupId, await IdsAsync(app));
    }

    private static Task<Outcome> RunAsync(ServiceInstallation app, params IEnumerable<string> arguments) => Cli.RunAsync([.. arguments, .. app.Globals]);

    private static Task<Backup> BackUpAsync(ServiceInstallation app) => new BackupApp(app.Session).RunAsync("app", Token);

    private static async Task<IReadOnlyList<string>> IdsAsync(ServiceInstallation app) => [.. (await new ListBackups(app.Session).RunAsync("app", Token)).Select(b => b.BackupId)];
}
