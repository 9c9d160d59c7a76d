using System.Globalization;
using UpgradeOps.Engine.Operations;
using UpgradeOps.Engine.Progress;
using UpgradeOps.Integration.Updates;

namespace UpgradeOps.Integration.Faults;

/// <summary>A database server, or a session with it, that dies while it is dumped or loaded.</summary>
public sealed class DatabaseFaultTests(RegistryFixture registry) : IClassFixture<RegistryFixture>
{
    private const string Dumping = "application_name = 'upgradeops' AND wait_event_type = 'Lock'";
    private const string Loading = "application_name = 'upgradeops' AND state = 'active' AND query LIKE 'COPY public.%FROM stdin%'";

    [Fact]
    public async Task A_database_that_dies_in_the_middle()
    {
        Needs.Stack();
        await using var world = await FaultWorld.StartAsync(registry.Images, new KmpStackOptions { Database = DatabaseKind.Postgres });
        // Enough that a load takes a while.
        await world.Stack.SqlAsync("INSERT INTO entries (note) SELECT repeat(md5(i::text), 6) FROM generate_series(1, 200000) i");
        await world.NoteAsync();
        Task fault = Task.CompletedTask;

        world.Moment.At(ProgressKind.StepStarted, "backup.create", async () =>
        {
            var locker = await LockAsync(world);
            fault = Task.Run(async () =>
            {
                await EndAsync(world, Dumping);
                await EndAsync(world, "query LIKE '%LOCK TABLE entries%' AND pid <> pg_backend_pid()");
                await locker;
            });
        });
        var outcome = await world.UpdateAsync("v1.1.0");
        await fault;
        await world.ExpectAsync("database-session", outcome, "v1.1.0");
        Assert.Empty(await new ListBackups(world.Session).RunAsync(world.Name, CancellationToken.None));

        world.Moment.At(ProgressKind.StepStarted, "backup.create", async () =>
        {
            var locker = await LockAsync(world);
            fault = Task.Run(async () =>
            {
                await Until.TrueAsync(async () => await CountAsync(world, Dumping) > 0, TimeSpan.FromSeconds(60), "pg_dump");
                await world.DockerAsync("kill", await world.Stack.ContainerAsync("db"));
                await locker;
            });
        });
        outcome = await world.UpdateAsync("v1.1.0");
        await fault;
        (await world.Stack.ComposeAsync("up", "--detach", "--wait", "db")).Expect("docker compose up db");
        await world.ExpectAsync("database-dump", outcome, "v1.1.0");
        Assert.Empty(await new ListBackups(world.Session).RunAsync(world.Name, CancellationToken.None));

        var backup = await new BackupApp(world.Session).RunAsync(world.Name, CancellationToken.None);
        world.Moment.At(ProgressKind.StepStarted, "backup.load", async () =>
        {
            fault = EndAsync(world, Loading);
            await Until.TrueAsync(async () => await CountAsync(world, "query LIKE 'DO %'") > 0, TimeSpan.FromSeconds(60), "the one who waits for the load");
        });
        RestoreResult? restored = null;
        outcome = await world.AskAsync(async () =>
        {
            restored = await new RestoreBackup(world.Session).RunAsync(new RestoreOptions { Name = world.Name, BackupId = backup.BackupId, Force = true }, CancellationToken.None);
            return new UpdateResult { Name = world.Name, Status = restored.Status, Error = restored.Error, Next = restored.Next };
        });
        await fault;
        await world.ExpectAsync("database-restore", outcome, "v1.1.0");
        Assert.Equal("3", await world.Stack.SqlAsync("SELECT count(*) FROM pg_database WHERE datname IN ('kmp', 'postgres', 'template1')"));
        Assert.Equal("0", await world.Stack.SqlAsync("SELECT count(*) FROM pg_database WHERE datname NOT IN ('kmp', 'postgres', 'template0', 'template1')"));
    }

    /// <summary>A dump that begins now waits for its table, so that it is under way for as long as a test likes.</summary>
    private static async Task<Task> LockAsync(FaultWorld world)
    {
        var locker = world.Stack.ComposeAsync("exec", "-T", "db", "psql", "-U", "kmp", "-c", "BEGIN; LOCK TABLE entries IN ACCESS EXCLUSIVE MODE; SELECT pg_sleep(120)");
        await Until.TrueAsync(async () => await CountAsync(world, "wait_event = 'PgSleep' AND query LIKE '%LOCK TABLE entries%'") > 0, TimeSpan.FromSeconds(60), "the table's lock");
        return locker;
    }

    private static async Task<int> CountAsync(FaultWorld world, string condition) =>
        int.Parse(await world.Stack.SqlAsync($"SELECT count(*) FROM pg_stat_activity WHERE pid <> pg_backend_pid() AND {condition}", "postgres"), CultureInfo.InvariantCulture);

    /// <summary>Ends a session as soon as there is one: by a loop in the server, because the moment may be short.</summary>
    private static Task EndAsync(FaultWorld world, string condition) => world.Stack.SqlAsync(
        $"""
        DO $$ BEGIN
          FOR i IN 1..12000 LOOP
            PERFORM pg_stat_clear_snapshot();
            PERFORM pg_terminate_backend(pid) FROM pg_stat_activity WHERE pid <> pg_backend_pid() AND {condition};
            IF FOUND THEN RETURN; END IF;
            PERFORM pg_sleep(0.005);
          END LOOP;
          RAISE EXCEPTION 'nobody came';
        END $$
        """,
        "postgres");
}
