using System.Diagnostics;
using UpgradeOps.Engine.Operations;
using UpgradeOps.Engine.Platforms.Compose;
using UpgradeOps.Engine.Progress;

namespace UpgradeOps.Integration.Faults;

/// <summary>An installation in which things go wrong, and what must be true of it afterwards.</summary>
internal sealed class FaultWorld : IAsyncDisposable
{
    public const string Before = "v1.0.0";

    private readonly TempFolder _folder = new("faults-");
    private readonly Stopwatch _clock = Stopwatch.StartNew();
    private string _env = "", _volumes = "";
    private long _rows;

    private FaultWorld(KmpStack stack, TimeProvider? time)
    {
        Stack = stack;
        Session = Open(time);
    }

    public KmpStack Stack { get; }

    public EngineSession Session { get; }

    public string Name { get; private set; } = "";

    /// <summary>How UpgradeOps and its Compose reach the engine from the next operation on; null for as the installation does.</summary>
    public string? EngineAddress { get; set; }

    public string StateRoot => _folder["state"];

    /// <summary>What the next operation meets.</summary>
    public FaultMoment Moment { get; } = new();

    public static async Task<FaultWorld> StartAsync(TestImages images, KmpStackOptions? options = null, TimeProvider? time = null)
    {
        var world = new FaultWorld(await KmpStack.StartAsync(images, options), time);
        try
        {
            var definition = await File.ReadAllTextAsync(world.Stack.DefinitionPath);
            await File.WriteAllTextAsync(world.Stack.DefinitionPath, definition.Replace("strategy: recreate", "strategy: recreate\nhealthTimeout: 30s", StringComparison.Ordinal));
            world.Name = (await new RegisterApp(world.Session).RunAsync(world.Stack.DefinitionPath, force: false, CancellationToken.None)).Name;
            await world.Stack.WriteAsync("precious");
            await world.NoteAsync();
            return world;
        }
        catch
        {
            await world.DisposeAsync();
            throw;
        }
    }

    /// <summary>Another administrator on the same machine.</summary>
    public EngineSession Open(TimeProvider? time = null) => new(new EngineOptions
    {
        ConfigFolder = _folder["config"],
        StateFolder = StateRoot,
        Progress = Moment,
        Time = time ?? TimeProvider.System,
    })
    {
        Variable = name => name == "DOCKER_HOST" && (EngineAddress ?? Stack.Options.DockerHost) is { } host ? host : Environment.GetEnvironmentVariable(name),
    };

    /// <summary>What is there now is what must be there later.</summary>
    public async Task NoteAsync()
    {
        _env = await File.ReadAllTextAsync(Stack.EnvFile);
        _volumes = await ListAsync("volume", "ls");
        _rows = await Stack.RowsAsync();
    }

    public Task<FaultOutcome> UpdateAsync(string? version = null, string? channel = null) =>
        AskAsync(async () => await new UpdateApp(Session).RunAsync(new UpdateOptions { Name = Name, Version = version, Channel = channel }, CancellationToken.None));

    public async Task<FaultOutcome> AskAsync(Func<Task<UpdateResult>> operation)
    {
        _clock.Restart();
        try
        {
            return FaultOutcome.Of(await operation());
        }
        catch (AppException e)
        {
            return FaultOutcome.Of(e);
        }
    }

    /// <summary>Checks everything that the table promises, and that nothing is left behind.</summary>
    /// <param name="to">The version that was wanted.</param>
    /// <param name="env">What <c>.env</c> must be, when somebody edited it.</param>
    public async Task ExpectAsync(string key, FaultOutcome outcome, string to, string? env = null)
    {
        var took = _clock.Elapsed;
        var row = FaultTable.Row(key);
        Assert.True(outcome.Status == row.Status && outcome.Error?.ErrorId == row.ErrorId, $"{key}: {outcome}");
        Assert.True(row.Next is null || outcome.Told.Contains(row.Next, StringComparison.Ordinal), $"{key} tells to do: {outcome.Told}");
        if (outcome.Error is not null)
            Assert.False(string.IsNullOrWhiteSpace(outcome.Told), $"{key} does not tell what to do");
        await ExpectStandingAsync(row.New ? to : Before, key, env);
        Assert.True(row.Blamed == await IsKnownBadAsync(to), $"{key}: {to} is {(row.Blamed ? "not " : "")}remembered as bad");
        FaultReport.Add(row, outcome, took);
    }

    /// <summary>One version runs, alone, with all data, and nothing that an operation needed is still there.</summary>
    public async Task ExpectStandingAsync(string version, string key, string? env = null)
    {
        await Until.TrueAsync(async () => await Stack.VersionAsync() == version, TimeSpan.FromSeconds(60), $"{key}: {version} serving");
        Assert.Equal(_rows, await Stack.RowsAsync());
        Assert.Equal(env ?? _env.Replace($"KMP_IMAGE_TAG={Before}", $"KMP_IMAGE_TAG={version}", StringComparison.Ordinal), await File.ReadAllTextAsync(Stack.EnvFile));
        Assert.Single(Ids(await ListAsync("container", "ls", "--all", "--filter", "label=com.docker.compose.service=app")));
        Assert.Equal(_volumes, await ListAsync("volume", "ls"));
        Assert.InRange(Ids(await DockerAsync("container", "ls", "--all", "--quiet", "--filter", $"label={ContainerLabels.HoldApp}={Name}")).Length, 0, 1);
        Assert.Null((await new GetLock(Session).RunAsync(Name, CancellationToken.None)));
        string[] roots = [Stack.Folder, StateRoot];
        Assert.DoesNotContain(roots.SelectMany(r => Directory.GetFiles(r, "*", SearchOption.AllDirectories)), f => f.EndsWith(".tmp", StringComparison.Ordinal) || f.Contains("partial", StringComparison.Ordinal));
    }

    public Task<AppStatus> StatusAsync() => new GetStatus(Session).RunAsync(Name, CancellationToken.None);

    /// <summary>After an update that was kept: the old version again, for the next fault.</summary>
    public async Task GoBackAsync()
    {
        var result = await new UndoUpdate(Session).RunAsync(new UndoOptions { Name = Name }, CancellationToken.None);
        Assert.True(result.Status == UpdateStatus.Kept, FaultOutcome.Of(result).ToString());
        await Until.TrueAsync(async () => await Stack.VersionAsync() == Before, TimeSpan.FromSeconds(60), Before);
    }

    public async ValueTask DisposeAsync()
    {
        var holds = Ids(await DockerAsync("container", "ls", "--all", "--quiet", "--filter", $"label={ContainerLabels.HoldApp}={Name}"));
        if (Name.Length > 0 && holds.Length > 0)
            await DockerAsync(["container", "rm", "--force", .. holds]);
        await Stack.DisposeAsync();
        _folder.Dispose();
    }

    public Task<string> DockerAsync(params string[] arguments) =>
        Command.OutputAsync("docker", Stack.Options.DockerHost is { } host ? ["--host", host, .. arguments] : arguments);

    public async Task<string> ContainerAsync() => Ids(await ListAsync("container", "ls", "--filter", "label=com.docker.compose.service=app")).Single();

    private Task<string> ListAsync(params string[] list) =>
        DockerAsync([.. list, "--quiet", "--filter", $"label=com.docker.compose.project={Stack.Project}"]);

    private async Task<bool> IsKnownBadAsync(string version)
    {
        var memory = Path.Combine(StateRoot, Name, "memory.json");
        return File.Exists(memory) && (await File.ReadAllTextAsync(memory)).Contains($"\"{version}\"", StringComparison.Ordinal);
    }

    private static string[] Ids(string text) => text.Split('\n', StringSplitOptions.RemoveEmptyEntries);
}
