using UpgradeOps.Engine.Apps.Definition;
using UpgradeOps.Engine.Tests.Backups.Fakes;

namespace UpgradeOps.Engine.Tests.Backups;

/// <summary>What a command writes is kept when the command ends well, and given to the command that restores it.</summary>
public sealed class CommandSourceTests
{
    [Fact]
    public async Task Its_output_is_kept_and_comes_back_by_the_step_and_by_the_commands_in_the_manifest()
    {
        using var app = With(["sh", "-c", "cat live.txt; echo told >&2"], ["sh", "-c", "cat > live.txt"]);
        app.Scratch.Write("app/live.txt", "first\nsecond");
        var backup = await app.BackUpAsync();
        var file = Assert.Single(backup.Files);
        Assert.Equal(("outputs/notes.gz", "command:notes", "output+gzip"), (file.Path, file.Source, file.Encoding));
        var proved = await app.Room().ProveAsync(backup.BackupId, ProofLevel.Structure, default);
        Assert.Contains(proved.Proof.Evidence, e => e.Contains("12 B", StringComparison.Ordinal));

        app.Scratch.Write("app/live.txt", "changed");
        var operation = new FakeOperation(app.Room(), await app.Room().PlanRestoreAsync(backup.BackupId, null, default));
        Assert.Equal(Repeatability.Uncertain, Assert.Single(operation.Plan).Repeatable);
        await operation.RunAsync();
        Assert.Equal("first\nsecond", File.ReadAllText(app.Scratch["app/live.txt"]));

        app.Scratch.Write("app/live.txt", "changed");
        var script = string.Join('\n', backup.RestoreCommands);
        using var shell = System.Diagnostics.Process.Start(new System.Diagnostics.ProcessStartInfo("sh", ["-ec", script]) { WorkingDirectory = backup.Location, RedirectStandardOutput = true })!;
        await shell.WaitForExitAsync(TestContext.Current.CancellationToken);
        Assert.Equal(0, shell.ExitCode);
        Assert.Equal("first\nsecond", File.ReadAllText(app.Scratch["app/live.txt"]));
    }

    [Fact]
    public async Task One_that_fails_after_it_wrote_makes_no_backup_and_its_words_are_told()
    {
        using var app = With(["sh", "-c", "echo half; echo 'no disk today' >&2; exit 3"], []);
        var e = await Assert.ThrowsAsync<AppException>(() => app.BackUpAsync());
        Assert.Equal(ErrorIds.BackupFailed, e.ErrorId);
        Assert.Contains("exit code 3: no disk today", e.Message, StringComparison.Ordinal);
        Assert.Empty((await app.Room().ListAsync(everywhere: true, default)).Backups);
    }

    [Fact]
    public async Task A_path_starts_in_the_applications_folder()
    {
        using var app = With(["./keys", "export"], ["./keys", "import"]);
        Assert.Contains(await app.Room().CheckAsync(default), f => f.ErrorId == ErrorIds.HostCommandMissing && f.Severity == FindingSeverity.Blocker);
        app.Scratch.Write("app/keys", "#!/bin/sh\n[ $1 = import ] && exec cat > keys.txt\nexec cat keys.txt\n");
        File.SetUnixFileMode(app.Scratch["app/keys"], UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
        app.Scratch.Write("app/keys.txt", "first");
        Assert.DoesNotContain(await app.Room().CheckAsync(default), f => f.ErrorId == ErrorIds.HostCommandMissing);
        var backup = await app.BackUpAsync();

        app.Scratch.Write("app/keys.txt", "changed");
        await new FakeOperation(app.Room(), await app.Room().PlanRestoreAsync(backup.BackupId, null, default)).RunAsync();
        Assert.Equal("first", File.ReadAllText(app.Scratch["app/keys.txt"]));
    }

    [Fact]
    public async Task A_missing_one_is_found_before()
    {
        using var app = With(["no-such-command-here"], []);
        Assert.Contains(await app.Room().CheckAsync(default), f => f.ErrorId == ErrorIds.HostCommandMissing && f.Severity == FindingSeverity.Blocker);
    }

    [Fact]
    public async Task Without_a_command_for_it_a_person_restores()
    {
        using var app = With(["echo", "x"], []);
        var backup = await app.BackUpAsync();
        var e = await Assert.ThrowsAsync<AppException>(() => app.Room().PlanRestoreAsync(backup.BackupId, null, default));
        Assert.Contains("a person restores", e.Message, StringComparison.Ordinal);
    }

    private static TestApp With(string[] run, string[] restore)
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "The commands are those of a POSIX shell.");
        var app = new TestApp();
        app.Definition = app.Definition with
        {
            Backups = [new BackupSourceDefinition { Command = new CommandSourceDefinition { Name = "notes", Run = run, Restore = restore } }],
        };
        return app;
    }
}
