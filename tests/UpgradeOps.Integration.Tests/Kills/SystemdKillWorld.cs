using UpgradeOps.Engine.Operations;
using UpgradeOps.Integration.Systemd;
using UpgradeOps.KillHost.Matrix;

namespace UpgradeOps.Integration.Kills;

/// <summary>An application that a unit of a real systemd runs, on another machine over SSH, on which operations are killed.</summary>
internal sealed class SystemdKillWorld : IKillWorld
{
    public const string Old = "1.0.0";
    public const string Good = "1.1.0";

    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    private readonly SystemdWorld _app;

    private SystemdKillWorld(SystemdWorld app)
    {
        _app = app;
        Directory.CreateDirectory(Temporary);
        Environment = new Dictionary<string, string>(app.Environment) { ["TMPDIR"] = Temporary };
    }

    public string AppName => _app.Name;

    public string ConfigFolder => _app.Environment["UPGRADEOPS_CONFIG"];

    public string StateFolder => _app.Environment["UPGRADEOPS_STATE"];

    public IReadOnlyDictionary<string, string> Environment { get; }

    private string Temporary => Path.Combine(Path.GetDirectoryName(_app.Definition)!, "tmp");

    public static async Task<IKillWorld> CreateAsync(SystemdFixture fixture)
    {
        var world = new SystemdKillWorld(await SystemdWorld.StartAsync(fixture, more: "backups: [ { folder: shared } ]\nquiesce: pause\nonFailure: { data: keep }"));
        await world._app.Machine.RunAsync("sh", "-c", $"mkdir -p '{world._app.Service}/shared' && echo precious >'{world._app.Service}/shared/upload'");
        await new RegisterApp(world.NewSession()).RunAsync(world._app.Definition, force: false, CancellationToken.None);
        await world._app.InstallAsync(Old);
        return world;
    }

    public EngineSession NewSession() => _app.NewSession();

    public async Task PrepareAsync()
    {
        if (_app.Link != $"releases/{Old}")
        {
            // The cell before ended with the new version, kept: going back from there must work like anywhere else.
            var undone = await new UndoUpdate(NewSession()).RunAsync(new UndoOptions { Name = AppName }, CancellationToken.None);
            Require(undone.Status == UpdateStatus.Kept, $"the kept update could not be taken back: {undone.Error?.Message}");
        }

        var others = string.Join(' ', new[] { Good, SystemdWorld.Bad }.Select(v => $"srv/releases/{v} srv/releases/.records/{v}.json"));
        await _app.Machine.RunAsync("sh", "-c", $"cd '{_app.Root}' && rm -rf state {others}");
    }

    public Task AfterKillAsync() => Task.CompletedTask;

    public async Task<string> EndAsync()
    {
        var status = await new GetStatus(NewSession()).RunAsync(AppName, CancellationToken.None);
        Require(status.PendingOperation is null, $"operation {status.PendingOperation} is open");
        Require(await new GetLock(NewSession()).RunAsync(AppName, CancellationToken.None) is null, "the lease is left");
        Require(status.Instances is [{ State: "running" }], $"{status.Instances.Count} instances: {string.Join(", ", status.Instances.Select(i => i.State))}");
        var version = status.RunningVersion ?? throw new KillMatrixException("no version runs");
        Require(_app.Link == $"releases/{version}", $"{version} runs, but current points to {_app.Link}");
        Require(status.Instances[0].Artifact == $"{_app.Service}/releases/{version}", $"{version} is told, but the process runs from {status.Instances[0].Artifact}");
        await Until.TrueAsync(async () => await _app.RunningAsync() == version, Patience, $"{version} answers");
        var shown = (await _app.ShowAsync("ActiveState"), await _app.ShowAsync("FreezerState"), await _app.ShowAsync("InvocationID"), await _app.ShowAsync("Job"));
        Require(shown == ("active", "running", status.Instances[0].Id, ""), $"the unit is {shown}, the instance {status.Instances[0].Id}");
        await CheckLeftoversAsync();
        return version;
    }

    public ValueTask DisposeAsync() => _app.DisposeAsync();

    private async Task CheckLeftoversAsync()
    {
        foreach (var (folder, expected) in new (string, string[])[]
        {
            ($"{_app.Service}", ["current", "log", "releases", "run", "shared"]), ($"{_app.Service}/releases", [Old, Good, SystemdWorld.Bad, ".records"]), (Temporary, []),
        })
        {
            var left = Directory.GetFileSystemEntries(folder).Select(p => Path.GetFileName(p)).Except(expected).ToList();
            Require(left.Count == 0, $"left in {folder}: {string.Join(", ", left)}");
        }

        var half = await _app.Machine.RunAsync("sh", "-c", $"cd '{_app.Root}' && find . /run/systemd/system -name '*.tmp' -o -name 'owner-*' -o -name '{_app.Unit}.d'; for b in state/backups/*/; do [ ! -d \"$b\" ] || [ -e \"$b/manifest.json\" ] || echo \"$b\"; done");
        Require(half.Trim().Length == 0, $"left over: {half}");
        var working = await _app.Machine.RunAsync("sh", "-c", $"for p in /proc/[0-9]*; do case $(readlink $p/cwd) in '{_app.Root}'*) grep -q '{_app.Unit}' $p/cgroup || tr '\\0' ' ' <$p/cmdline;; esac; done 2>/dev/null; :");
        Require(working.Trim().Length == 0, $"still at work there: {working}");
        Require((await _app.Machine.RunAsync("cat", $"{_app.Service}/shared/upload")).Trim() == "precious", "what a user uploaded is gone");
    }

    private static void Require(bool holds, string message)
    {
        if (!holds)
            throw new KillMatrixException(message);
    }
}
