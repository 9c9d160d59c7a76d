using System.Text.Json;
using UpgradeOps.Engine.Json;
using UpgradeOps.Engine.Operations;
using UpgradeOps.Engine.Progress;
using UpgradeOps.Integration.Updates;

namespace UpgradeOps.Integration.Systemd;

/// <summary>An application that a unit of its own runs, on the machine of the fixture, and the console on this one.</summary>
internal sealed class SystemdWorld : IAsyncDisposable
{
    /// <summary>Ends as soon as it is started, and says why.</summary>
    public const string Bad = "2.0.0";

    private const string Serve = "#!/bin/sh\necho \"serving $(cat www/health)\"\nexec busybox httpd -f -p 127.0.0.1:PORT -h www\n";
    private const string Crash = "#!/bin/sh\necho 'opening the ledger'\necho 'the ledger is locked' >&2\nexit 3\n";

    private readonly TempFolder _folder = new("systemdworld-");
    private readonly int _port;
    private readonly string _scope;

    private SystemdWorld(SystemdMachine machine, int port, string scope, string prefix)
    {
        Machine = machine;
        _port = port;
        _scope = scope;
        Name = $"{prefix}{port}";
    }

    public SystemdMachine Machine { get; }

    public string Name { get; }

    public string Unit => $"{Name}.service";

    public string Definition => _folder[$"{Name}.yaml"];

    /// <summary>At the same place on both machines.</summary>
    public string Root => Path.Combine(Machine.Folder, Name);

    public string Service => Path.Combine(Root, "srv");

    public string? Link => new FileInfo(Path.Combine(Service, "current")).LinkTarget;

    public Dictionary<string, string> Environment => new()
    {
        ["UPGRADEOPS_SSH_CONFIG"] = Machine.ConfigurationFile,
        ["UPGRADEOPS_SSH_PATIENCE"] = "20",
        ["UPGRADEOPS_STATE"] = _folder["state"],
        ["UPGRADEOPS_CONFIG"] = _folder["config"],
    };

    /// <param name="settings">More lines of the unit's part [Service].</param>
    /// <param name="more">More lines of the definition.</param>
    /// <param name="user">Who logs in.</param>
    /// <param name="prefix">Of its name: <c>ops</c> may start and stop the units of those that begin with <c>open</c>.</param>
    public static async Task<SystemdWorld> StartAsync(SystemdFixture fixture, string settings = "Restart=always\nRestartSec=100ms", string more = "", string user = "root", string scope = "system", bool unit = true, string prefix = "notes")
    {
        var world = new SystemdWorld(fixture.Machine, fixture.NextPort(), scope, prefix);
        Directory.CreateDirectory(world.Service);
        foreach (var version in new[] { "1.0.0", "1.1.0" })
            world.Publish(version, Serve);
        world.Publish(Bad, Crash);
        await File.WriteAllTextAsync(world.Definition, $$"""
            schema: upgradeops/v1
            name: {{world.Name}}
            host: {{world.Machine.AddressOf(user)}}
            platform: { service: { directory: "{{world.Service}}", supervisor: systemd, unit: {{world.Name}}, scope: {{scope}} } }
            releases: { folder: "{{world.Root}}/in" }
            health: [ { http: "http://127.0.0.1:{{world._port}}/health", version: version } ]
            healthTimeout: 60s
            state: { folder: "{{world.Root}}/state" }
            {{more.Replace("UNIT", world.Unit).Replace("ROOT", world.Root)}}
            """);
        if (user != "root")
            await world.Machine.RunAsync("chown", "-R", user, world.Root);
        if (unit)
            await world.WriteUnitAsync(settings);
        return world;
    }

    public async Task WriteUnitAsync(string settings, string? program = null)
    {
        var text = $"[Service]\nWorkingDirectory={(program is null ? $"{Service}/current" : "/")}\nExecStart={program ?? $"{Service}/current/run"}\n{settings}\n\n[Install]\nWantedBy=multi-user.target";
        await Machine.WriteUnitAsync(Unit, text);
        if (_scope == "user")
        {
            await Machine.RunAsync("sh", "-c", $"mkdir -p /run/user/1000/systemd/user && cp /run/systemd/system/{Unit} /run/user/1000/systemd/user/ && chown -R 1000 /run/user/1000/systemd/user");
            await SystemctlAsync("daemon-reload");
        }
    }

    public EngineSession NewSession() => new(new EngineOptions { ConfigFolder = Environment["UPGRADEOPS_CONFIG"], StateFolder = Environment["UPGRADEOPS_STATE"] })
    {
        Variable = name => Environment.GetValueOrDefault(name),
    };

    public Task<UpdateResult> UpdateAsync(string version) => new UpdateApp(NewSession()).RunAsync(new UpdateOptions { Name = Definition, Version = version }, CancellationToken.None);

    public Task<UpdatePlan> PlanAsync(string version) => new PlanUpdate(NewSession()).RunAsync(new UpdateOptions { Name = Definition, Version = version }, CancellationToken.None);

    public Task<UpdateResult> ResumeAsync() => new ResumeUpdate(NewSession()).RunAsync(new ResumeOptions { Name = Definition }, CancellationToken.None);

    public Task<Backup> BackUpAsync() => new BackupApp(NewSession()).RunAsync(Definition, CancellationToken.None);

    public Task<UpdateResult> UndoAsync() => new UndoUpdate(NewSession()).RunAsync(new UndoOptions { Name = Definition }, CancellationToken.None);

    public Task<AppStatus> StatusAsync() => new GetStatus(NewSession()).RunAsync(Definition, CancellationToken.None);

    public async Task<IReadOnlyList<LogLine>> LogAsync(int tail) => await new ReadLogs(NewSession()).RunAsync(Definition, tail, follow: false, CancellationToken.None).ToListAsync();

    public IAsyncEnumerable<LogLine> FollowAsync(int tail, CancellationToken cancellationToken) => new ReadLogs(NewSession()).RunAsync(Definition, tail, follow: true, cancellationToken);

    public async Task<UpdateResult> InstallAsync(string version)
    {
        var result = await UpdateAsync(version);
        Assert.True(result.Status == UpdateStatus.Kept, EngineJson.Write(result, indented: true));
        return result;
    }

    public Task<ConsoleOutcome> RunAsync(Func<ProgressEvent, bool>? killAt, params string[] arguments) => ConsoleProcess.RunAsync(killAt, Environment, arguments);

    /// <summary>As somebody did who had no release folders yet.</summary>
    public async Task StartByHandAsync()
    {
        Directory.CreateSymbolicLink(Path.Combine(Service, "current"), Path.Combine(Root, "in/1.0.0"));
        await SystemctlAsync("start", Unit);
    }

    public async Task<string> ShowAsync(string property) => (await SystemctlAsync("show", Unit, "--value", "-p", property)).Trim();

    public Task<string> SystemctlAsync(params string[] arguments) => _scope == "system"
        ? Machine.SystemctlAsync(arguments)
        : Machine.RunAsync(["setpriv", "--reuid", "1000", "--regid", "1000", "--clear-groups", "env", "XDG_RUNTIME_DIR=/run/user/1000", "systemctl", "--no-pager", "--user", .. arguments]);

    /// <summary>What answers there.</summary>
    public async Task<string?> RunningAsync()
    {
        var answer = await Machine.RunAsync("sh", "-c", $"busybox wget -q -O - http://127.0.0.1:{_port}/health || true");
        return answer.Length == 0 ? null : JsonSerializer.Deserialize<JsonElement>(answer).GetProperty("version").GetString();
    }

    public async ValueTask DisposeAsync()
    {
        try
        {
            await SystemctlAsync("kill", "--signal=KILL", Unit);
            await SystemctlAsync("stop", Unit);
        }
        catch (InvalidOperationException)
        {
            // It does not run, or there is none.
        }

        _folder.Dispose();
    }

    private void Publish(string version, string script)
    {
        var www = Directory.CreateDirectory(Path.Combine(Root, "in", version, "www")).FullName;
        File.WriteAllText(Path.Combine(www, "health"), JsonSerializer.Serialize(new { version }));
        var run = Path.Combine(Root, "in", version, "run");
        File.WriteAllText(run, script.Replace("PORT", $"{_port}"));
        File.SetUnixFileMode(run, (UnixFileMode)0b111_101_101);
    }
}
