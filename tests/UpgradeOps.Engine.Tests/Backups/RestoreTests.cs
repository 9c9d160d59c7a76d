using UpgradeOps.Engine.Tests.Backups.Fakes;

namespace UpgradeOps.Engine.Tests.Backups;

public sealed class RestoreTests
{
    [Fact]
    public async Task A_restore_brings_back_all_data_and_keeps_what_was_live()
    {
        using var app = new TestApp();
        var backup = await app.BackUpAsync();
        Change(app);
        var operation = await PlanAsync(app, backup);
        await operation.RunAsync();
        AssertRestored(app);

        Assert.Equal(
            ["database kmp_aside_20260301t023000123z_4f2a", "folder " + app.Scratch["app/data-aside-20260301t023000123z-4f2a"], "volume kmp-uploads-aside-20260301t023000123z-4f2a"],
            operation.KeptAside.Order(StringComparer.Ordinal));
        Assert.Equal("new member", app.Database.Databases["kmp_aside_20260301t023000123z_4f2a"]["members"][^1]);
        Assert.Equal("changed", app.Volumes.Content["kmp-uploads-aside-20260301t023000123z-4f2a"]["a.png"]);
        Assert.Equal("changed", File.ReadAllText(app.Scratch["app/data-aside-20260301t023000123z-4f2a/one.txt"]));
    }

    [Fact]
    public async Task Loading_comes_before_anything_live_is_touched()
    {
        using var app = new TestApp();
        var backup = await app.BackUpAsync();
        var plan = await app.Room().PlanRestoreAsync(backup.BackupId, null, default);
        Assert.Equal(["backup.load", "backup.swap", "backup.restoreVolume", "backup.restoreFolder"], plan.Select(s => s.Kind));
        Assert.True(plan[0].Phase < StepPhase.Quiesce && plan.Skip(1).All(s => s.Phase == StepPhase.Switch));
    }

    [Fact]
    public async Task One_source_alone_and_files_only_when_asked()
    {
        using var app = new TestApp();
        var backup = await app.BackUpAsync();
        Assert.Equal(["backup.load", "backup.swap"], (await app.Room().PlanRestoreAsync(backup.BackupId, "database:main", default)).Select(s => s.Kind));
        var error = await Assert.ThrowsAsync<AppException>(() => app.Room().PlanRestoreAsync(backup.BackupId, "database:other", default));
        Assert.Contains("volume:kmp-uploads", error.Message, StringComparison.Ordinal);

        File.WriteAllText(app.Scratch["app/.env"], "KMP_IMAGE_TAG=v2\n");
        var operation = new FakeOperation(app.Room(), await app.Room().PlanRestoreAsync(backup.BackupId, "file:.env", default));
        await operation.RunAsync();
        Assert.Equal("KMP_IMAGE_TAG=v1\n", File.ReadAllText(app.Scratch["app/.env"]));
        await operation.UndoAsync();
        Assert.Equal("KMP_IMAGE_TAG=v2\n", File.ReadAllText(app.Scratch["app/.env"]));
    }

    [Fact]
    public async Task A_damaged_backup_is_found_before_anything_live_is_touched()
    {
        using var app = new TestApp();
        var backup = await app.BackUpAsync();
        Change(app);
        foreach (var file in backup.Files.Where(f => f.Encoding != "none"))
        {
            var path = Path.Combine(backup.Location, file.Path);
            var bytes = File.ReadAllBytes(path);
            File.WriteAllBytes(path, TestData.WithFlippedBit(bytes, new Random(3)));
            var operation = new FakeOperation(app.Room(), await app.Room().PlanRestoreAsync(backup.BackupId, file.Source, default));
            Assert.Equal(ErrorIds.BackupDamaged, (await Assert.ThrowsAsync<AppException>(operation.RunAsync)).ErrorId);
            await operation.UndoAsync();
            AssertChanged(app, everything: true);
            File.WriteAllBytes(path, bytes);
        }
    }

    [Fact]
    public async Task Rows_that_do_not_arrive_stop_the_restore_before_the_swap()
    {
        using var app = new TestApp();
        var backup = await app.BackUpAsync();
        var manifest = Engine.Backups.Format.ManifestFile.Read(backup.Location);
        var rows = new Dictionary<string, long> { ["members"] = 6 };
        Engine.Backups.Format.ManifestFile.Write(backup.Location, manifest with { Sources = [manifest.Sources[0] with { Rows = rows }, .. manifest.Sources.Skip(1)] });
        var operation = await PlanAsync(app, backup);
        var error = await Assert.ThrowsAsync<AppException>(operation.RunAsync);
        Assert.Contains("members has 5 rows instead of 6", error.Message, StringComparison.Ordinal);
        Assert.Equal(["kmp"], app.Database.Databases.Keys);
    }

    [Fact]
    public async Task Killed_at_any_moment_a_restore_goes_on_to_the_same_end()
    {
        for (var at = 1; ; at++)
        {
            using var app = new TestApp();
            var backup = await app.BackUpAsync();
            Change(app);
            var operation = await PlanAsync(app, backup);
            app.Killer.Rearm(at);
            if (!await IsKilledAsync(operation.RunAsync))
            {
                Assert.InRange(at, 20, 1000);
                return;
            }

            app.Killer.Rearm(0);
            await operation.RunAsync();
            AssertRestored(app);
            Assert.Equal(3, operation.KeptAside.Count);
        }
    }

    [Fact]
    public async Task Killed_at_any_moment_and_at_any_moment_of_going_back_nothing_is_lost()
    {
        var kills = 0;
        for (var at = 1; ; at++)
        {
            // Every moment of the way there, and a third of the moments of each way back.
            for (var back = 1 + (at % 3); ; back += 3)
            {
                using var app = new TestApp();
                var backup = await app.BackUpAsync();
                Change(app);
                var operation = await PlanAsync(app, backup);
                app.Killer.Rearm(at);
                var killed = await IsKilledAsync(operation.RunAsync);
                if (!killed)
                    Use(app);
                app.Killer.Rearm(back);
                var killedAgain = await IsKilledAsync(operation.UndoAsync);
                app.Killer.Rearm(0);
                await operation.UndoAsync();
                AssertChanged(app, everything: false);
                if (!killed)
                    AssertUseIsKept(app);
                kills++;
                if (killedAgain)
                    continue;
                if (!killed)
                {
                    Assert.InRange(kills, 50, 100_000);
                    return;
                }

                break;
            }
        }
    }

    [Fact]
    public async Task What_a_person_is_told_before_names_rows_and_age()
    {
        using var app = new TestApp();
        var backup = await app.BackUpAsync();
        Change(app);
        var impact = await app.Room().DescribeRestoreAsync(backup.BackupId, default);
        var text = string.Join("\n", impact.Findings.Select(f => f.Message));
        Assert.Contains("members has at least 1 row more than in the backup (in all 6 rows now, 5 in the backup)", text, StringComparison.Ordinal);
        Assert.Equal(("members", 5, 6, 1), Assert.Single(impact.Tables.Select(t => (t.Table, (int)t.RowsThen!, (int)t.RowsNow!, (int)t.NewerRows))));
        Assert.Contains("v1.2.3", text, StringComparison.Ordinal);
        Assert.Contains("volume:kmp-uploads", text, StringComparison.Ordinal);
    }

    private static async Task<FakeOperation> PlanAsync(TestApp app, Backup backup) =>
        new(app.Room(), await app.Room().PlanRestoreAsync(backup.BackupId, null, default), app.Killer);

    private static async Task<bool> IsKilledAsync(Func<Task> work)
    {
        try
        {
            await work();
            return false;
        }
        catch (Killed)
        {
            return true;
        }
    }

    /// <summary>What happened between the backup and the restore.</summary>
    private static void Change(TestApp app)
    {
        app.Database.Live["members"].Add("new member");
        app.Volumes.Content["kmp-uploads"] = new() { ["a.png"] = "changed", ["new.png"] = "new" };
        File.WriteAllText(app.Scratch["app/data/one.txt"], "changed");
        File.Delete(app.Scratch["app/data/sub/two.txt"]);
    }

    /// <summary>What happened after the restore: somebody worked on it.</summary>
    private static void Use(TestApp app)
    {
        app.Database.Live["members"].Add("later member");
        app.Volumes.Content["kmp-uploads"]["later.png"] = "later";
        app.Scratch.Write("app/data/later.txt", "later");
    }

    private static void AssertRestored(TestApp app)
    {
        Assert.Equal(5, app.Database.Live["members"].Count);
        Assert.Equal(["a.png=aaa", "b/c.png=ccc"], app.Volumes.Content["kmp-uploads"].Select(f => $"{f.Key}={f.Value}"));
        Assert.Equal("one", File.ReadAllText(app.Scratch["app/data/one.txt"]));
        Assert.Equal("two", File.ReadAllText(app.Scratch["app/data/sub/two.txt"]));
    }

    private static void AssertChanged(TestApp app, bool everything)
    {
        Assert.Equal("new member", app.Database.Live["members"][^1]);
        Assert.Equal(["a.png=changed", "new.png=new"], app.Volumes.Content["kmp-uploads"].Select(f => $"{f.Key}={f.Value}"));
        Assert.Equal("changed", File.ReadAllText(app.Scratch["app/data/one.txt"]));
        Assert.False(File.Exists(app.Scratch["app/data/sub/two.txt"]));
        Assert.DoesNotContain(app.Database.Databases.Keys, d => d.Contains("_aside_", StringComparison.Ordinal) || d.Contains("_upgradeops_", StringComparison.Ordinal));
        if (everything)
            Assert.Equal(["kmp"], app.Database.Databases.Keys);
    }

    private static void AssertUseIsKept(TestApp app)
    {
        Assert.Equal("later member", app.Database.Databases["kmp_undone_20260301t023000123z_4f2a"]["members"][^1]);
        Assert.Equal("later", app.Volumes.Content["kmp-uploads-undone-20260301t023000123z-4f2a"]["later.png"]);
        Assert.Equal("later", File.ReadAllText(app.Scratch["app/data-undone-20260301t023000123z-4f2a/later.txt"]));
    }
}
