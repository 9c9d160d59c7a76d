using UpgradeOps.Engine.Operations;

namespace UpgradeOps.Integration.Backups.Embedded;

/// <summary>
/// A database that is a folder (LevelDB, whose files Pebble and RocksDB share) with the keys of its messages in another, under a writer that
/// never rests. What comes out of the backup must open, with every message that was safe before and the key that sealed it.
/// </summary>
public sealed class EmbeddedDatabaseTests
{
    private const string Python = "/usr/bin/python3";

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData("pause")]
    [InlineData("stop")]
    public async Task Database_and_keys_are_copied_at_one_moment_and_come_back_together(string quiesce)
    {
        Needs.Parts(Part.LevelDb);
        using var folder = new TempFolder("embedded-");
        var session = new EngineSession(new EngineOptions { ConfigFolder = folder["config"], StateFolder = folder["state"] });
        await InstallAsync(session, folder, quiesce);
        try
        {
            await WaitForAsync(folder, 300);
            var safe = Acknowledged(folder);
            var backup = await new BackupApp(session).RunAsync("threads", Token);
            Assert.Equal(BackupConsistency.Quiesced, backup.Consistency);
            Assert.True(backup.HeldSeconds > 0);

            var copy = await CheckAsync(await UnpackAsync(backup, folder["unpacked"]));
            Assert.True(copy >= safe, $"{copy} messages in the backup, {safe} were safe before it began");

            await WaitForAsync(folder, copy + 100);
            var restored = await new RestoreBackup(session).RunAsync(new RestoreOptions { Name = "threads", BackupId = backup.BackupId, Force = true }, Token);
            Assert.True(restored.Status == UpdateStatus.Kept, restored.Error?.Message);
            // The application opens every message when it starts, and says how many there were.
            Assert.Equal(copy, int.Parse(await File.ReadAllTextAsync(folder["srv/opened"], Token)));

            var aside = restored.KeptAside.Select(k => k.Name).Order(StringComparer.Ordinal).ToList();
            Assert.Equal(2, aside.Count);
            Assert.True(await CheckAsync(Beside(folder["aside"], aside)) >= copy + 100);
        }
        finally
        {
            await StopAsync(folder);
        }
    }

    [Fact]
    public async Task A_copy_under_the_writer_s_hands_is_never_called_one_of_a_moment()
    {
        Needs.Parts(Part.LevelDb);
        using var folder = new TempFolder("embedded-");
        var session = new EngineSession(new EngineOptions { ConfigFolder = folder["config"], StateFolder = folder["state"] });
        await InstallAsync(session, folder, "none");
        try
        {
            await WaitForAsync(folder, 300);
            var backup = await new BackupApp(session).RunAsync("threads", Token);
            Assert.Equal(BackupConsistency.BestEffort, backup.Consistency);
            Assert.Null(backup.HeldSeconds);
        }
        finally
        {
            await StopAsync(folder);
        }
    }

    private static async Task InstallAsync(EngineSession session, TempFolder folder, string quiesce)
    {
        var port = FreePort.Next();
        foreach (var path in new[] { "incoming/1.0.0", "srv/shared" })
            Directory.CreateDirectory(folder[path]);
        File.Copy(Script, folder["incoming/1.0.0/threads.py"]);
        await File.WriteAllTextAsync(folder["app.yaml"], $$"""
            schema: upgradeops/v1
            name: threads
            platform: { service: { directory: "{{folder["srv"]}}", command: [{{Python}}, threads.py, serve, ../../shared, "{{port}}"], stopTimeout: 20s } }
            releases: { folder: "{{folder["incoming"]}}" }
            health: [ { http: "http://127.0.0.1:{{port}}/healthz" } ]
            backups: [ { folder: shared/db }, { folder: shared/kms } ]
            quiesce: {{quiesce}}
            onFailure: { data: restore }

            """, Token);
        await new RegisterApp(session).RunAsync(folder["app.yaml"], force: false, Token);
        Directory.CreateDirectory(folder["srv/shared/db"]);
        Directory.CreateDirectory(folder["srv/shared/kms"]);
        var started = await new UpdateApp(session).RunAsync(new UpdateOptions { Name = "threads", Version = "1.0.0" }, Token);
        Assert.True(started.Status == UpdateStatus.Kept, started.Error?.Message);
    }

    /// <summary>By the backup's own formats and stock tools.</summary>
    private static async Task<string> UnpackAsync(Backup backup, string to)
    {
        foreach (var file in backup.Files)
        {
            var into = Directory.CreateDirectory(Path.Combine(to, file.Source.Split('/')[^1])).FullName;
            await Command.OutputAsync("tar", "--zstd", "-xf", Path.Combine(backup.Location, file.Path), "-C", into);
        }

        return to;
    }

    private static string Beside(string folder, IReadOnlyList<string> kept)
    {
        Directory.CreateDirectory(folder);
        foreach (var path in kept)
            Directory.CreateSymbolicLink(Path.Combine(folder, Path.GetFileName(path).Contains("kms", StringComparison.Ordinal) ? "kms" : "db"), path);
        return folder;
    }

    private static async Task<int> CheckAsync(string shared)
    {
        var result = await Command.RunAsync(Python, Script, "check", shared);
        Assert.True(result.ExitCode == 0, result.Error);
        return int.Parse(result.Output);
    }

    private static int Acknowledged(TempFolder folder) =>
        File.ReadLines(folder["srv/acknowledged"]).Select(l => int.TryParse(l, out var number) ? number : 0).DefaultIfEmpty().Max();

    private static Task WaitForAsync(TempFolder folder, int messages) =>
        Until.TrueAsync(() => Task.FromResult(Acknowledged(folder) >= messages), TimeSpan.FromMinutes(2), $"{messages} messages", Token);

    private static async Task StopAsync(TempFolder folder)
    {
        if (!File.Exists(folder["srv/run/app.pid"]))
            return;
        var lines = await File.ReadAllLinesAsync(folder["srv/run/app.pid"], CancellationToken.None);
        var process = lines.Single(l => l.StartsWith("pid=", StringComparison.Ordinal))["pid=".Length..];
        await Command.RunAsync("kill", "-CONT", process);
        await Command.RunAsync("kill", "-KILL", process);
    }

    private static string Script => Path.Combine(AppContext.BaseDirectory, "Backups", "Embedded", "threads.py");
}
