namespace UpgradeOps.Engine.Tests.Simulation;

/// <summary>
/// A world in memory that outlives the simulated process: containers, configuration, a database, backups. Every effect passes
/// <see cref="Effect"/>, where a test lets the process die before or after it.
/// </summary>
internal sealed class SimWorld
{
    private int _nextId;

    public string Configured { get; set; } = "1.0.0";

    public HashSet<string> Images { get; } = ["1.0.0"];

    public Dictionary<string, SimContainer> Containers { get; } = [];

    /// <summary>Rows by database name; the live one is <c>live</c>.</summary>
    public Dictionary<string, SimDatabase> Databases { get; } = new() { ["live"] = new SimDatabase(1, []) };

    public Dictionary<string, SimDatabase> Backups { get; } = [];

    /// <summary>Every row that a client was told is written.</summary>
    public List<int> Acknowledged { get; } = [];

    /// <summary>Versions that do not become healthy.</summary>
    public HashSet<string> Sick { get; } = [];

    /// <summary>The host does not answer whoever asks about health.</summary>
    public bool Away { get; set; }

    /// <summary>The schema that a version migrates to when it starts.</summary>
    public Dictionary<string, int> Schemas { get; } = new() { ["1.0.0"] = 1, ["1.1.0"] = 1, ["2.0.0"] = 2 };

    /// <summary>Versions whose migrations a command runs; it fails for the sick ones, after it has changed the schema.</summary>
    public bool ByCommand { get; init; }

    /// <summary>Commands that were left behind, by name: whether they ended well.</summary>
    public Dictionary<string, bool> Jobs { get; } = [];

    /// <summary>Commands go on for as long as nobody has read the schema, and change it right after that.</summary>
    public bool SlowJobs { get; init; }

    /// <summary>Commands that still run, by name: the version whose migrations they are.</summary>
    public Dictionary<string, string> Commands { get; } = [];

    /// <summary>How often each was begun.</summary>
    public List<string> JobRuns { get; } = [];

    public SimDeath Death { get; set; } = new(int.MaxValue);

    /// <summary>Names of effects, in order, for messages of failed tests.</summary>
    public List<string> Log { get; } = [];

    public static SimWorld Running(string version, bool byCommand = false, bool slowJobs = false)
    {
        var world = new SimWorld { Configured = version, ByCommand = byCommand, SlowJobs = slowJobs };
        world.Containers["c0"] = new SimContainer(version) { Running = true };
        return world;
    }

    public string NewId() => $"c{++_nextId}";

    /// <summary>Something that changes the world: the process may die just before or just after it.</summary>
    public void Effect(string name, Action change)
    {
        Death.Pass($"before {name}");
        change();
        Log.Add(name);
        Death.Pass($"after {name}");
        ClientWrites();
    }

    public void Start(string id)
    {
        var container = Containers[id];
        container.Running = true;
        container.StartCount++;
        var live = Databases["live"];
        if (!ByCommand)
        {
            Migrate(container.Version, live);
        }
    }

    public void Migrate(string version, SimDatabase live)
    {
        if (Schemas.GetValueOrDefault(version, 1) > live.Schema)
        {
            Databases["live"] = live with { Schema = Schemas[version] };
        }
    }

    /// <summary>A client writes whenever something serves.</summary>
    public void ClientWrites()
    {
        if (Containers.Values.Any(c => c.Running) && Databases.TryGetValue("live", out var live))
        {
            var row = Acknowledged.Count + 1;
            live.Rows.Add(row);
            Acknowledged.Add(row);
        }
    }
}

internal sealed class SimContainer(string version)
{
    public string Version { get; } = version;

    public bool Running { get; set; }

    public int StartCount { get; set; }
}

internal sealed record SimDatabase(int Schema, List<int> Rows)
{
    public SimDatabase Copy() => new(Schema, [.. Rows]);
}

/// <summary>Lets the simulated process die at the n-th point that it passes; dead, nothing it does has an effect any more.</summary>
internal sealed class SimDeath(int at)
{
    private int _passed;

    public bool Dead { get; private set; }

    public string? Where { get; private set; }

    public int Passed => _passed;

    public void Pass(string where)
    {
        if (Dead || ++_passed == at)
        {
            Where ??= where;
            Dead = true;
            throw new SimKilledException();
        }
    }
}

internal sealed class SimKilledException : Exception;
