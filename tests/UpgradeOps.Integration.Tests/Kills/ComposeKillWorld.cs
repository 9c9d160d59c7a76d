using UpgradeOps.Engine.Docker;
using UpgradeOps.Engine.Operations;
using UpgradeOps.KillHost.Matrix;

namespace UpgradeOps.Integration.Kills;

/// <summary>
/// A Compose installation on which operations are killed: a registry of its own, PostgreSQL, a volume, and users who write all the time.
/// It is put up once and repaired between cells.
/// </summary>
internal sealed class ComposeKillWorld : IKillWorld
{
    public static readonly KmpRelease Old = KmpRelease.V100;

    /// <summary>Nothing is migrated.</summary>
    public static readonly KmpRelease Good = KmpRelease.V100 with { Version = "v1.0.1" };

    /// <summary>Ends as soon as it is started.</summary>
    public static readonly KmpRelease Bad = KmpRelease.V100 with { Version = "v1.2.0", Behaviour = KmpBehaviour.Exits };

    /// <summary>The old version can no longer write after its migration.</summary>
    public static readonly KmpRelease Migrating = KmpRelease.V130;

    /// <summary>Migrates, takes rows, and never tells the version that it should have: nobody keeps it.</summary>
    public static readonly KmpRelease MigratingBad = KmpRelease.V130 with { Version = "v1.4.0", Reports = "v1.3.9" };

    public static readonly IReadOnlyList<KmpRelease> Releases = [Old, Good, Bad, Migrating, MigratingBad];

    private readonly TempFolder _folder = new("kill-compose-");
    private readonly RegistryServer _registry;
    private readonly ComposeKillParts _parts;
    private readonly ComposeKillChecks _checks;
    private readonly byte[] _definition;
    private readonly RowWriter _writer;
    private bool _registryIsAway;

    private ComposeKillWorld(RegistryServer registry, KmpStack stack, string address, DataPolicy policy)
    {
        (_registry, Stack, Policy) = (registry, stack, policy);
        Directory.CreateDirectory(Temporary);
        _definition = File.ReadAllBytes(stack.DefinitionPath);
        _writer = new RowWriter(stack.Url);
        Database = new KillDatabase(address, stack.Options.DatabasePassword);
        Environment = new Dictionary<string, string> { ["TMPDIR"] = Temporary };
        _parts = new ComposeKillParts(stack, Docker, Database);
        _checks = new ComposeKillChecks(this, _parts);
    }

    public string AppName => Stack.Project;

    public string ConfigFolder => _folder["config"];

    public string StateFolder => _folder["state"];

    public IReadOnlyDictionary<string, string> Environment { get; }

    public DataPolicy? UndoData => Policy == DataPolicy.Restore ? DataPolicy.Restore : null;

    public KmpStack Stack { get; }

    public KillDatabase Database { get; }

    public DockerClient Docker { get; } = new(DockerEndpoint.FromEnvironment(System.Environment.GetEnvironmentVariable), TimeProvider.System);

    public string Temporary => _folder["tmp"];

    public string AppState => Path.Combine(StateFolder, AppName);

    public IReadOnlyList<string> Told => _writer.Told;

    private DataPolicy Policy { get; }

    /// <param name="policy">What the definition says about the data when an update fails.</param>
    public static async Task<IKillWorld> CreateAsync(DataPolicy policy)
    {
        var registry = await RegistryServer.StartAsync();
        var publisher = new TestImages(registry);
        foreach (var release in Releases)
            await publisher.PublishAsync(release);
        var stack = await KmpStack.CreateAsync(publisher, new KmpStackOptions { Database = DatabaseKind.Postgres, HealthCheck = false, DatabaseInterval = "4s" });
        var definition = await File.ReadAllTextAsync(stack.DefinitionPath);
        definition = definition.Replace("bake: 1s\n", "", StringComparison.Ordinal).Replace("data: stop", $"data: {policy.ToString().ToLowerInvariant()}", StringComparison.Ordinal);
        await File.WriteAllTextAsync(stack.DefinitionPath, definition);
        await stack.UpAsync();
        var address = await Command.OutputAsync(
            "docker", "inspect", "--format", "{{range .NetworkSettings.Networks}}{{.IPAddress}}{{end}}", await stack.ContainerAsync("db"));
        var world = new ComposeKillWorld(registry, stack, address.Trim(), policy);
        await new RegisterApp(world.NewSession()).RunAsync(stack.DefinitionPath, force: false, CancellationToken.None);
        await Command.OutputAsync("docker", "exec", await stack.ContainerAsync(), "sh", "-c", $"echo {ComposeKillChecks.Upload} >/data/upload");
        return world;
    }

    public EngineSession NewSession() => new(new EngineOptions { ConfigFolder = ConfigFolder, StateFolder = StateFolder });

    public async Task PrepareAsync()
    {
        await GiveBackAsync();
        await _writer.ForgetAsync(async () =>
        {
            if (Directory.Exists(AppState))
                Directory.Delete(AppState, recursive: true);
            await _parts.PutOldBackAsync();
        });
        await _checks.WaitForRowAsync();
    }

    /// <summary>What a resume must not need is not there: its definition, and the registry once the image is here.</summary>
    public async Task AfterKillAsync()
    {
        var operations = Path.Combine(AppState, "operations");
        // The newest: to undo what was kept is an operation beside the update.
        var journal = Directory.Exists(operations) ? Directory.GetFiles(operations, "journal.jsonl", SearchOption.AllDirectories).Order().LastOrDefault() : null;
        var lines = journal is null ? [] : await File.ReadAllLinesAsync(journal);
        bool Wrote(string step) => lines.Skip(1).Any(l => l.Contains($"/{step}#", StringComparison.Ordinal));

        // To undo what is over already is an operation of its own, and needs its definition like any.
        var isOver = Wrote("compose.keep") || lines.Any(l => l.Contains("\"event\":\"outcome\"", StringComparison.Ordinal));
        if (Wrote("compose.remember") && !isOver)
            File.Delete(Stack.DefinitionPath);
        else
            await GiveBackAsync();
        if (!Wrote("compose.hold"))
            return;
        await _registry.PauseAsync();
        _registryIsAway = true;
    }

    public async Task<string> EndAsync()
    {
        await GiveBackAsync();
        return await _checks.EndAsync();
    }

    public async ValueTask DisposeAsync()
    {
        await _writer.DisposeAsync();
        // What went wrong may have left containers of any version, which keep their images from being removed.
        await Stack.DisposeAsync();
        await _parts.RemoveOursAsync();
        await _registry.DisposeAsync();
        await Docker.DisposeAsync();
        _folder.Dispose();
    }

    private async Task GiveBackAsync()
    {
        await File.WriteAllBytesAsync(Stack.DefinitionPath, _definition);
        if (_registryIsAway)
            await _registry.ResumeAsync();
        _registryIsAway = false;
    }
}
