using UpgradeOps.Engine.Apps.Definition;
using UpgradeOps.Engine.Databases;
using UpgradeOps.Engine.Hosts;
using UpgradeOps.Engine.Hosts.Local;
using UpgradeOps.Engine.Migrations;
using UpgradeOps.Engine.Operations;
using UpgradeOps.Engine.Updates.Journal;
using UpgradeOps.Engine.Updates.Planning;
using UpgradeOps.Engine.Updates.Running;

namespace UpgradeOps.Engine.Tests.Simulation;

/// <summary>The engine's own planner and runner on a simulated world: a whole update takes microseconds.</summary>
internal sealed class Sim
{
    public Sim(SimWorld world, DataPolicy policy = DataPolicy.Stop)
    {
        World = world;
        State = new SimState(world);
        Policy = policy;
    }

    public SimWorld World { get; }

    public SimState State { get; }

    public DataPolicy Policy { get; }

    private AppDefinition Definition => new()
    {
        Name = "sim",
        Path = "/sim.yaml",
        Platform = new PlatformDefinition(),
        Releases = new ReleasesDefinition { Folder = "/releases" },
        OnFailureData = Policy,
        HealthTimeout = TimeSpan.Zero,
        Migrations = World.ByCommand ? new MigrationsDefinition { Database = "live", Run = MigrationsDefinition.BeforeSwitch, Command = ["migrate"] } : null,
    };

    public AppRooms Rooms => new()
    {
        Definition = Definition,
        Options = new EngineOptions(),
        Host = new LocalHost(),
        State = State,
        Platform = new SimPlatform(World),
        Releases = new SimReleases(),
        Databases = new Dictionary<string, IDatabase>(),
        Backups = new SimBackups(World),
        Writers = new PlatformWriters(QuiesceMode.None, new SimPlatform(World)),
        Schema = new SimSchema(World),
        Migrations = new MigrationRoom(Definition, new Dictionary<string, IDatabase>(), new SimPlatform(World), new SimReleases()),
        Health = new SimHealth(World),
    };

    public async Task<UpdateResult> UpdateAsync(string version)
    {
        var rooms = Rooms;
        var options = new UpdateOptions { Name = "sim", Version = version };
        await using var lease = await State.TakeLeaseAsync("update", CancellationToken.None);
        var plan = await new UpdatePlanner(rooms).PlanAsync(options, CancellationToken.None);
        if (Results.Blocked(plan) is { } blocked)
        {
            return Results.Refused(plan, "sim", blocked);
        }

        var transaction = await Transaction.BeginAsync(rooms, lease, plan, CancellationToken.None);
        return await transaction.RunAsync(repeatUncertain: false, CancellationToken.None);
    }

    public Task<UpdateResult?> ResumeAsync() => WithOpenAsync(t => t.RunAsync(repeatUncertain: false, CancellationToken.None));

    public Task<UpdateResult?> GoBackAsync(DataPolicy? data = null) => WithOpenAsync(t => t.GoBackAsync(data, CancellationToken.None));

    public async Task HaltAsync()
    {
        var open = await OperationIndex.FindOpenAsync(State, CancellationToken.None);
        await using var lease = await State.TakeLeaseAsync("undo", CancellationToken.None);
        await (await Transaction.ContinueAsync(Rooms, lease, open!.OperationId, CancellationToken.None)).HaltAsync(CancellationToken.None);
    }

    private async Task<UpdateResult?> WithOpenAsync(Func<Transaction, Task<UpdateResult>> work)
    {
        var open = await OperationIndex.FindOpenAsync(State, CancellationToken.None);
        if (open is null)
        {
            await using var free = await State.TakeLeaseAsync("look", CancellationToken.None);
            return null;
        }

        await using var lease = await State.TakeLeaseAsync("resume", CancellationToken.None);
        var transaction = await Transaction.ContinueAsync(Rooms, lease, open.OperationId, CancellationToken.None);
        return await work(transaction);
    }
}
