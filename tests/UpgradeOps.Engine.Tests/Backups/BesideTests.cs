using UpgradeOps.Engine.Backups.Restore;
using UpgradeOps.Engine.Tests.Backups.Fakes;

namespace UpgradeOps.Engine.Tests.Backups;

/// <summary>A restore for a look: beside the live data, which nothing touches.</summary>
public sealed class BesideTests
{
    [Fact]
    public async Task Everything_stands_beside_and_nothing_live_is_touched_and_the_way_back_removes_its_own()
    {
        using var app = new TestApp();
        var (operation, live) = (await PlanAsync(app), Live(app));
        await operation.RunAsync();
        Assert.Equal(live, Live(app));
        Assert.Equal(["database kmp_look", "folder " + app.Scratch["app/data-look"], "volume kmp-uploads-look"], operation.KeptAside.Order(StringComparer.Ordinal));
        Assert.Equal(5, app.Database.Databases["kmp_look"]["members"].Count);
        Assert.Equal("aaa", app.Volumes.Content["kmp-uploads-look"]["a.png"]);
        Assert.Equal("one", File.ReadAllText(app.Scratch["app/data-look/one.txt"]));
        await operation.UndoAsync();
        AssertGone(app);
        Assert.Equal(live, Live(app));
    }

    [Fact]
    public async Task A_name_that_somebody_else_has_is_neither_replaced_nor_removed()
    {
        using var app = new TestApp();
        app.Database.Databases["kmp_look"] = new() { ["mine"] = ["1"] };
        var operation = await PlanAsync(app);
        Assert.Equal(ErrorIds.DatabaseNameTaken, (await Assert.ThrowsAsync<AppException>(operation.RunAsync)).ErrorId);
        await operation.UndoAsync();
        Assert.Equal(["mine"], app.Database.Databases["kmp_look"].Keys);
    }

    [Theory]
    [InlineData("")]
    [InlineData("../x")]
    [InlineData("Look")]
    [InlineData("a-b")]
    [InlineData("abcdefghijklmnopqrstuvwxyz")]
    public async Task A_name_that_is_none_is_refused(string name)
    {
        using var app = new TestApp();
        var backup = await app.BackUpAsync();
        var plan = await app.Room().PlanRestoreAsync(backup.BackupId, null, default);
        Assert.Equal(ErrorIds.RestoreFailed, Assert.Throws<AppException>(() => BesidePlan.Of(plan, name, app.Definition)).ErrorId);
    }

    [Fact]
    public async Task Killed_at_any_moment_it_goes_on_or_back_and_nothing_live_is_touched()
    {
        for (var at = 1; at < 200; at++)
        {
            var killer = new Killer();
            using var app = new TestApp(killer);
            var (operation, live) = (await PlanAsync(app, killer), Live(app));
            killer.Rearm(at);
            var killed = await Record.ExceptionAsync(operation.RunAsync) is Killed;
            killer.Rearm(0);
            Assert.Equal(live, Live(app));
            if (!killed)
                return;
            if (at % 2 == 0)
            {
                await operation.RunAsync();
                Assert.Contains("kmp_look", app.Database.Databases.Keys);
                Assert.Equal("ccc", app.Volumes.Content["kmp-uploads-look"]["b/c.png"]);
            }

            await operation.UndoAsync();
            AssertGone(app);
            Assert.Equal(live, Live(app));
        }

        Assert.Fail("It never came to its end.");
    }

    private static async Task<FakeOperation> PlanAsync(TestApp app, Killer? killer = null)
    {
        var backup = await app.BackUpAsync();
        app.Database.Live["members"].Add("since");
        var plan = await app.Room().PlanRestoreAsync(backup.BackupId, null, default);
        return new FakeOperation(app.Room(), BesidePlan.Of(plan, "look", app.Definition), killer);
    }

    private static string Live(TestApp app) => string.Join(
        "|",
        string.Join(",", app.Database.Live.SelectMany(t => t.Value)),
        string.Join(",", app.Volumes.Content["kmp-uploads"].Select(f => f.Key + f.Value)),
        string.Join(",", Directory.EnumerateFiles(app.Scratch["app/data"], "*", SearchOption.AllDirectories).Order(StringComparer.Ordinal).Select(f => f + File.ReadAllText(f))));

    private static void AssertGone(TestApp app)
    {
        Assert.Equal(["kmp"], app.Database.Databases.Keys);
        Assert.Equal(["kmp-uploads"], app.Volumes.Content.Keys);
        Assert.Equal(["data"], Directory.EnumerateDirectories(app.Scratch["app"]).Select(Path.GetFileName));
    }
}
