using UpgradeOps.Cli.Tests.Kills;
using UpgradeOps.Engine.Operations;

namespace UpgradeOps.Cli.Tests;

/// <summary>A service whose application is a shell script, in a temporary folder: starts in no time, and nothing is left of it.</summary>
internal sealed class ServiceInstallation : IAsyncDisposable
{
    private const string Serve = "trap 'exit 0' TERM\nwhile :; do sleep 0.02; done\n";

    private readonly string folder = Directory.CreateTempSubdirectory("upgradeops-kill-").FullName;

    private readonly HealthyPage page = new();

    private ServiceInstallation() =>
        Session = new EngineSession(new EngineOptions { ConfigFolder = Path.Combine(folder, "config"), StateFolder = Path.Combine(folder, "state") });

    public EngineSession Session { get; }

    public FolderProcesses Processes => new(folder);

    public string StateFolder => Path.Combine(folder, "state");

    public string DefinitionPath => Path.Combine(folder, "app.yaml");

    public HealthyPage Page => page;

    public string ServiceFolder(string name) => Path.Combine(folder, "srv", name);

    public IEnumerable<string> Globals => ["--config-folder", Path.Combine(folder, "config"), "--state-folder", Path.Combine(folder, "state")];

    /// <summary>Appears when the backup's command runs.</summary>
    public string ReachedPath => Path.Combine(folder, "reached");

    /// <summary>The backup's command waits until this is there.</summary>
    public string GatePath => Path.Combine(folder, "gate");

    /// <summary>1.0.0 runs; 1.1.0 is good, 1.2.0 ends at once.</summary>
    /// <param name="quiesce">Null for an application without backups.</param>
    /// <param name="serve">The script of the good versions.</param>
    public static async Task<ServiceInstallation> CreateAsync(string? quiesce = null, string serve = Serve)
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "The supervisor 'process' needs Linux.");
        var made = new ServiceInstallation();
        made.Publish("1.0.0", serve);
        made.Publish("1.1.0", serve);
        made.Publish("1.2.0", "echo 'no disk today' >&2\nexit 3\n");
        Directory.CreateDirectory(Path.Combine(made.folder, "srv", "releases"));
        Directory.Move(made.Release("1.0.0"), Path.Combine(made.folder, "srv", "releases", "1.0.0"));
        made.Publish("1.0.0", serve);
        File.CreateSymbolicLink(Path.Combine(made.folder, "srv", "current"), "releases/1.0.0");
        var definition = made.DefinitionPath;
        await File.WriteAllTextAsync(definition, $$"""
            schema: upgradeops/v1
            name: app
            platform: { service: { directory: "{{made.folder}}/srv", command: [sh, run], stopTimeout: 5s } }
            releases: { folder: "{{made.folder}}/in" }
            health: [ { http: "{{made.page.Url}}" } ]
            onFailure: { data: keep }

            """);
        if (quiesce is not null)
        {
            // It gives up by itself: its parent may have been killed.
            var command = $"touch {made.ReachedPath}; n=0; until [ -e {made.GatePath} ] || [ $n -gt 600 ]; do sleep 0.1; n=$((n + 1)); done; echo done";
            await File.AppendAllTextAsync(definition, $"quiesce: {quiesce}\nbackups: [ {{ command: {{ name: slow, run: [sh, -c, \"{command}\"] }} }} ]\n");
            File.WriteAllText(made.GatePath, "");
        }

        await new RegisterApp(made.Session).RunAsync(definition, force: false, CancellationToken.None);
        var started = await new UpdateApp(made.Session).RunAsync(new UpdateOptions { Name = "app", Version = "1.0.0" }, CancellationToken.None);
        Assert.True(started.Status == UpdateStatus.Kept, started.Error?.Message);
        File.Delete(made.GatePath);
        File.Delete(made.ReachedPath);
        return made;
    }

    /// <summary>Exactly this version runs, once, and everything points to it.</summary>
    public async Task AssertRunsAsync(string version)
    {
        var status = await new GetStatus(Session).RunAsync("app", CancellationToken.None);
        Assert.Equal(version, status.RunningVersion);
        Assert.Null(status.PendingOperation);
        var instance = Assert.Single(status.Instances);
        Assert.Equal("running", instance.State);
        Assert.Equal($"releases/{version}", new FileInfo(Path.Combine(folder, "srv", "current")).LinkTarget);
        Assert.Empty(Directory.GetDirectories(Path.Combine(folder, "srv", "releases"), ".staging-*"));
        var main = instance.Id.Split(':')[0];
        // What a killed console had started may still be on its way out.
        for (var left = 300; left > 0 && Processes.Sessions().Any(s => s != main); left--)
            await Task.Delay(100);
        Assert.All(Processes.Sessions(), s => Assert.Equal(main, s));
    }

    /// <summary>Whether it does anything: a paused one does not, an ended one neither.</summary>
    public async Task<bool> IsAtWorkAsync()
    {
        var status = await new GetStatus(Session).RunAsync("app", CancellationToken.None);
        if (status.Instances.SingleOrDefault(i => i.IsRunning) is not { } instance)
            return false;
        var stat = await File.ReadAllTextAsync($"/proc/{instance.Id.Split(':')[0]}/stat");
        return stat[stat.LastIndexOf(')') + 2] is not ('T' or 'Z');
    }

    public async ValueTask DisposeAsync()
    {
        Processes.Kill();
        page.Dispose();
        Directory.Delete(folder, recursive: true);
    }

    private string Release(string version) => Path.Combine(folder, "in", version);

    private void Publish(string version, string script)
    {
        Directory.CreateDirectory(Release(version));
        File.WriteAllText(Path.Combine(Release(version), "run"), script);
        File.WriteAllText(Path.Combine(Release(version), "version"), version);
    }
}
