using UpgradeOps.Engine.Operations;
using UpgradeOps.Engine.Progress;
using UpgradeOps.Integration.Updates;

namespace UpgradeOps.Integration.Faults;

/// <summary>The whole database server is killed while a dump is loaded beside the live database.</summary>
public sealed class DatabaseServerFaultTests(RegistryFixture registry) : IClassFixture<RegistryFixture>
{
    /// <summary>Rows of a copy that is being loaded wait at their check for as long as this file is there.</summary>
    private const string Hold = "/tmp/hold";

    private const string Loading = "application_name = 'upgradeops' AND wait_event = 'PgSleep' AND datname LIKE '%loading'";

    [Fact]
    public async Task A_server_that_is_killed_in_a_restore_has_its_live_database_when_it_is_back()
    {
        Needs.Stack();
        await using var world = await FaultWorld.StartAsync(registry.Images, new KmpStackOptions { Database = DatabaseKind.Postgres });
        await LetHoldAsync(world);
        var backup = await new BackupApp(world.Session).RunAsync(world.Name, CancellationToken.None);
        await world.Stack.WriteAsync("later");
        await world.NoteAsync();

        var killed = KillWhileLoading(world);
        var outcome = await world.AskAsync(async () =>
        {
            var restored = await new RestoreBackup(world.Session).RunAsync(new RestoreOptions { Name = world.Name, BackupId = backup.BackupId, Force = true }, CancellationToken.None);
            return new UpdateResult { Name = world.Name, Status = restored.Status, Error = restored.Error, Next = restored.Next };
        });
        await killed();
        await BringBackAsync(world);

        await FinishAsync(world, UpdateStatus.Undone);
        await world.ExpectAsync("database-restore-server", outcome, "v1.3.0");
        Assert.Equal("precious\nlater", await world.Stack.SqlAsync("SELECT note FROM entries ORDER BY id"));
        Assert.Equal("kmp", await DatabasesAsync(world));
    }

    [Fact]
    public async Task A_server_that_is_killed_while_an_undo_restores_has_every_row_when_it_is_back_and_resume_finishes()
    {
        Needs.Stack();
        await using var world = await FaultWorld.StartAsync(registry.Images, new KmpStackOptions { Database = DatabaseKind.Postgres });
        await LetHoldAsync(world);
        var update = await world.UpdateAsync("v1.3.0");
        Assert.True(update.Status == UpdateStatus.Kept, update.ToString());
        await world.Stack.WriteAsync("later");
        await world.NoteAsync();

        var killed = KillWhileLoading(world);
        var outcome = await world.AskAsync(() => UndoAsync(world));
        await killed();
        await BringBackAsync(world);

        await FinishAsync(world, UpdateStatus.Undone);
        await world.ExpectAsync("database-undo-server", outcome, "v1.3.0");
        Assert.Equal("precious\nlater", await world.Stack.SqlAsync("SELECT message FROM entries ORDER BY id"));
        Assert.Equal("kmp", await DatabasesAsync(world));

        // Nothing of it is in the way of doing it again.
        var again = await UndoAsync(world);
        Assert.True(again.Status == UpdateStatus.Kept, FaultOutcome.Of(again).ToString());
        Assert.Equal("precious", await world.Stack.SqlAsync("SELECT note FROM entries"));
        Assert.Equal("precious\nlater", await world.Stack.SqlAsync("SELECT message FROM entries ORDER BY id", Assert.Single(again.KeptAside, k => k.Kind == "database").Name));
    }

    private static Task LetHoldAsync(FaultWorld world) => world.Stack.SqlAsync($"""
        CREATE FUNCTION public.hold() RETURNS boolean LANGUAGE plpgsql AS $$ BEGIN
          WHILE current_database() LIKE '%loading' AND (pg_catalog.pg_stat_file('{Hold}', true)).size IS NOT NULL LOOP PERFORM pg_catalog.pg_sleep(0.05); END LOOP;
          RETURN true;
        END $$;
        ALTER TABLE entries ADD CONSTRAINT held CHECK (public.hold());
        """);

    /// <summary>Holds the load in the middle of it, and then kills the container of the whole server.</summary>
    /// <returns>Waits until that has happened.</returns>
    private static Func<Task> KillWhileLoading(FaultWorld world)
    {
        var killing = Task.CompletedTask;
        world.Moment.At(ProgressKind.StepStarted, "backup.load", async () =>
        {
            (await world.Stack.ComposeAsync("exec", "-T", "db", "touch", Hold)).Expect("touch");
            killing = Task.Run(async () =>
            {
                try
                {
                    await Until.TrueAsync(
                        async () => await world.Stack.SqlAsync($"SELECT count(*) FROM pg_stat_activity WHERE {Loading}", "postgres") != "0", TimeSpan.FromSeconds(120), "the load");
                }
                catch (TimeoutException)
                {
                    await world.Stack.ComposeAsync("exec", "-T", "db", "rm", Hold);
                    throw;
                }

                await world.DockerAsync("kill", await world.Stack.ContainerAsync("db"));
            });
        });
        return async () =>
        {
            Assert.True(world.Moment.Came, "nothing was loaded");
            await killing;
        };
    }

    private static async Task BringBackAsync(FaultWorld world)
    {
        (await world.Stack.ComposeAsync("up", "--detach", "--wait", "db")).Expect("docker compose up db");
        (await world.Stack.ComposeAsync("exec", "-T", "db", "rm", Hold)).Expect("rm");
    }

    /// <summary>What a person types once the server is back.</summary>
    private static async Task FinishAsync(FaultWorld world, UpdateStatus status)
    {
        var finished = await new ResumeUpdate(world.Session).RunAsync(new ResumeOptions { Name = world.Name }, CancellationToken.None);
        Assert.True(finished.Status == status, FaultOutcome.Of(finished).ToString());
    }

    private static Task<UpdateResult> UndoAsync(FaultWorld world) =>
        new UndoUpdate(world.Session).RunAsync(new UndoOptions { Name = world.Name, Data = DataPolicy.Restore, Force = true }, CancellationToken.None);

    private static Task<string> DatabasesAsync(FaultWorld world) =>
        world.Stack.SqlAsync("SELECT datname FROM pg_database WHERE datname NOT IN ('postgres', 'template0', 'template1')", "postgres");
}
