using UpgradeOps.Engine.Json;
using UpgradeOps.Engine.Operations;

namespace UpgradeOps.Integration.Updates;

/// <summary>Going back over a database that was migrated: what is said first, what is asked, where the newer data is afterwards.</summary>
public sealed class DataTruthTests(RegistryFixture registry) : IClassFixture<RegistryFixture>
{
    [Theory]
    [InlineData(DatabaseKind.Postgres)]
    [InlineData(DatabaseKind.MariaDb)]
    public async Task After_a_migration_undo_tells_the_rows_asks_backs_up_again_and_keeps_the_newer_data_aside(DatabaseKind database)
    {
        Needs.Stack();
        await using var stack = await KmpStack.StartAsync(registry.Images, new KmpStackOptions { Database = database });
        using var admin = new Admin();
        var name = await admin.RegisterAsync(stack);
        await stack.WriteAsync("removed");
        await stack.WriteAsync("old");
        var update = await admin.UpdateAsync(name, version: "v1.3.0");
        Assert.True(update.Status == UpdateStatus.Kept, Outcomes.Describe(update));
        await stack.WriteAsync("new");
        await stack.WriteAsync("newer");
        await stack.SqlAsync("DELETE FROM entries WHERE message = 'removed'");

        // By numbers alone one row would be newer; the key knows better.
        const string Truth = "entries has at least 2 rows newer than the backup and at least 1 row of the backup gone";
        var asked = await admin.UndoAsync(name);
        Assert.Equal((UpdateStatus.Refused, ErrorIds.DataNeedsChoice), (asked.Status, asked.Error!.ErrorId));
        Assert.Contains(Truth, asked.Error.Message, StringComparison.Ordinal);
        Assert.Contains($"Undo-AppUpdate -Name {name} -Data Restore -Force", asked.Next, StringComparison.Ordinal);
        Assert.Contains($"Undo-AppUpdate -Name {name} -Data Keep", asked.Next, StringComparison.Ordinal);

        var plan = await new UndoUpdate(admin.Session).PlanAsync(new UndoOptions { Name = name, Data = DataPolicy.Restore }, CancellationToken.None);
        Assert.True(UndoUpdate.NeedsConsent(plan));
        var entries = Assert.Single(plan.DataSince, t => t.Table == "entries");
        Assert.Equal((2, 3, 2, 1, "id"), (entries.RowsThen, entries.RowsNow, entries.NewerRows, entries.GoneRows, entries.Key));

        var console = await ConsoleProcess.RunAsync(null, null, ["undo", name, "--data", "restore", .. admin.Folders]);
        Assert.Equal((UpdateStatus.Refused, ErrorIds.RestoreNeedsConsent), (console.Result.Status, console.Result.Error!.ErrorId));
        Assert.Contains($"upgradeops undo {name} --data restore --force", console.Error, StringComparison.Ordinal);
        var shown = await ConsoleProcess.RunAsync(null, null, ["undo", name, "--force", "--what-if", .. admin.Folders]);
        Assert.Contains(Truth, shown.Output, StringComparison.Ordinal);
        Assert.Equal("v1.3.0", await stack.VersionAsync());
        Assert.Equal("old\nnew\nnewer", await stack.SqlAsync("SELECT message FROM entries ORDER BY id"));

        var undone = await admin.UndoAsync(name, DataPolicy.Restore, force: true);
        Assert.True(undone.Status == UpdateStatus.Kept, Outcomes.Describe(undone));
        Assert.Equal(EngineJson.Read<UpdatePlan>(shown.Output, ErrorIds.Unexpected, "plan").Steps.Select(s => s.Kind), undone.Steps.Select(s => s.Kind));
        Assert.Equal("v1.0.0", await stack.VersionAsync());
        Assert.Equal("removed\nold", await stack.SqlAsync("SELECT note FROM entries ORDER BY id"));

        var second = await new ListBackups(admin.Session).RunAsync(name, CancellationToken.None);
        Assert.Equal([Assert.Single(undone.BackupIds), Assert.Single(update.BackupIds)], second.Select(b => b.BackupId));
        Assert.Equal("v1.3.0", second[0].RunningVersion);
        await AssertKeptAsync(stack, undone.KeptAside);
        var entry = (await new GetHistory(admin.Session).RunAsync(name, CancellationToken.None))[0];
        Assert.Equal(undone.KeptAside, entry.KeptAside);
        Assert.Equal((true, DataPolicy.Restore, update.OperationId), (entry.Forced, entry.Data, entry.Undoes));
        Assert.Contains(entry.DataSince, t => t.Table == "entries" && t.NewerRows == 2);
    }

    [Fact]
    public async Task Unmigrated_data_stays_and_an_open_update_asks_a_person_before_it_restores()
    {
        Needs.Stack();
        await registry.Images.PublishAsync(KmpRelease.V100 with { Version = "v1.0.1" });
        await registry.Images.PublishAsync(KmpRelease.V130 with { Version = "v1.3.2", Behaviour = KmpBehaviour.Unhealthy });
        await using var stack = await KmpStack.StartAsync(registry.Images, new KmpStackOptions { Database = DatabaseKind.Postgres });
        using var admin = new Admin();
        var name = await admin.RegisterAsync(stack);
        Assert.Equal(UpdateStatus.Kept, (await admin.UpdateAsync(name, version: "v1.0.1")).Status);
        await stack.WriteAsync("since");
        var unmoved = await admin.UndoAsync(name, DataPolicy.Restore);
        Assert.True(unmoved.Status == UpdateStatus.Kept, Outcomes.Describe(unmoved));
        Assert.Equal("since", await stack.SqlAsync("SELECT note FROM entries"));
        Assert.Empty(unmoved.KeptAside);

        var failed = await admin.UpdateAsync(name, version: "v1.3.2");
        Assert.Equal((UpdateStatus.NeedsAttention, ErrorIds.DataNeedsChoice), (failed.Status, failed.Error!.ErrorId));
        await stack.SqlAsync("INSERT INTO entries (message) VALUES ('meanwhile')");
        var whatIf = await new UndoUpdate(admin.Session).PlanAsync(new UndoOptions { Name = name }, CancellationToken.None);
        Assert.Contains(whatIf.DataSince, t => t is { Table: "entries", NewerRows: 1, GoneRows: 0 });
        var refused = await admin.UndoAsync(name, DataPolicy.Restore);
        Assert.Equal((UpdateStatus.Refused, ErrorIds.RestoreNeedsConsent), (refused.Status, refused.Error!.ErrorId));
        Assert.Contains("entries has at least 1 row newer than the backup", refused.Error.Message, StringComparison.Ordinal);

        var undone = await admin.UndoAsync(name, DataPolicy.Restore, force: true);
        Assert.True(undone.Status == UpdateStatus.Undone, Outcomes.Describe(undone));
        Assert.Equal("v1.0.0", await stack.VersionAsync());
        Assert.Equal("since", await stack.SqlAsync("SELECT note FROM entries"));
        Assert.Equal(2, undone.BackupIds.Count);
        var aside = Assert.Single(undone.KeptAside, k => k.Kind == "database");
        Assert.Equal("since\nmeanwhile", await stack.SqlAsync("SELECT message FROM entries ORDER BY id", aside.Name));
        var continued = Assert.Single((await new GetHistory(admin.Session).RunAsync(name, CancellationToken.None)).Single(h => h.OperationId == failed.OperationId).Continued);
        Assert.Equal(("undo", true), (continued.What, continued.Forced));
    }

    private static async Task AssertKeptAsync(KmpStack stack, IReadOnlyList<KeptData> kept)
    {
        var database = Assert.Single(kept, k => k.Kind == "database");
        Assert.Equal("old\nnew\nnewer", await stack.SqlAsync("SELECT message FROM entries ORDER BY id", database.Name));
        Assert.Contains(database.Name, database.LookCommand, StringComparison.Ordinal);
        Assert.Contains(database.Name, database.RemoveCommand, StringComparison.Ordinal);

        var volume = Assert.Single(kept, k => k.Kind == "volume");
        var looked = await new Command("sh", ["-c", volume.LookCommand!]).RunAsync();
        Assert.Contains("upgradeops-volume/", looked.Expect(volume.LookCommand!), StringComparison.Ordinal);
        await Command.OutputAsync("sh", "-c", volume.RemoveCommand!);
        if (stack.Options.Database == DatabaseKind.Postgres)
        {
            // Without a terminal nobody is asked for a password; inside the container nobody need be.
            await Command.OutputAsync("sh", "-c", database.RemoveCommand!.Replace(" exec ", " exec -T ", StringComparison.Ordinal));
            Assert.Equal("0", await stack.SqlAsync($"SELECT count(*) FROM pg_database WHERE datname = '{database.Name}'"));
        }
    }
}
