using System.Text;
using UpgradeOps.Engine.Operations;
using UpgradeOps.KillHost.Matrix;

namespace UpgradeOps.Cli.Tests.Kills;

/// <summary>
/// A service on which operations are killed. Its application is a shell script that adds a row to its data twenty times a second for as
/// long as it runs, so that rows are written before, during and after every kill.
/// </summary>
internal sealed class ServiceKillWorld : IKillWorld
{
    public const string Old = "1.0.0";
    public const string Good = "1.1.0";

    /// <summary>Ends as soon as it is started.</summary>
    public const string Bad = "1.2.0";

    private const string Serve = "trap 'exit 0' TERM\nwhile :; do echo \"row of $UPGRADEOPS_RELEASE\" >> ../../shared/rows; sleep 0.05; done\n";

    private const string Build = ", build: { steps: [ { run: [sh, build.sh] }, { run: [sh, -c, \"sleep 0.1; cp version out/version\"] } ], copy: [ { from: out, to: . } ] }";

    private readonly string folder;
    private readonly bool built;
    private readonly IKillPublisher? publisher;
    private readonly HealthyPage page = new();
    private byte[] noted = [];
    private Dictionary<string, string> made = [];

    private ServiceKillWorld(string folder, bool built, IKillPublisher? publisher)
    {
        this.folder = folder;
        this.built = built;
        this.publisher = publisher;
        Environment = new Dictionary<string, string> { ["TMPDIR"] = Temporary };
    }

    public string AppName => "app";

    public string ConfigFolder => Path.Combine(folder, "config");

    public string StateFolder => Path.Combine(folder, "state");

    public IReadOnlyDictionary<string, string> Environment { get; }

    public FolderProcesses Processes => new(folder);

    public string Service => Path.Combine(folder, "srv");

    private string Temporary => Path.Combine(folder, "tmp");

    private string Rows => Path.Combine(Service, "shared", "rows");

    private string AppState => Path.Combine(StateFolder, AppName);

    public static Task<IKillWorld> CreateAsync() => CreateAsync(built: false);

    /// <summary>Releases are commits of a git repository, each of which has to be built.</summary>
    public static Task<IKillWorld> CreateBuiltAsync() => CreateAsync(built: true);

    /// <summary>Releases are where somebody else publishes them.</summary>
    public static Task<IKillWorld> CreateAsync(IKillPublisher publisher) => CreateAsync(built: false, publisher);

    private static async Task<IKillWorld> CreateAsync(bool built, IKillPublisher? publisher = null)
    {
        var world = new ServiceKillWorld(Directory.CreateTempSubdirectory("upgradeops-kill-").FullName, built, publisher);
        foreach (var path in new[] { "srv/releases", "srv/shared", "tmp" })
            Directory.CreateDirectory(Path.Combine(world.folder, path));
        world.Publish(Old, Serve);
        world.Publish(Good, Serve);
        world.Publish(Bad, "echo 'no disk today' >&2\nexit 3\n");
        var definition = Path.Combine(world.folder, "app.yaml");
        await File.WriteAllTextAsync(definition, $$"""
            schema: upgradeops/v1
            name: app
            platform: { service: { directory: "{{world.Service}}", command: [sh, run], stopTimeout: 5s{{(built ? Build : "")}} } }
            releases: { {{publisher?.Releases ?? $"{(built ? "git" : "folder")}: \"{world.folder}/in\""}} }
            health: [ { http: "{{world.page.Url}}" } ]
            {{(built ? "" : "smoke: [ { name: rows are written, command: [sh, check], timeout: 1m } ]")}}
            backups: [ { folder: shared } ]
            onFailure: { data: keep }
            generate: [ { key: ed25519, private: secrets/own.pem, public: secrets/open.pem }, { variable: TOKEN, random: hex } ]

            """);
        await new RegisterApp(world.NewSession()).RunAsync(definition, force: false, CancellationToken.None);
        await world.UpdateAsync(Old);
        return world;
    }

    public EngineSession NewSession() => new(new EngineOptions { ConfigFolder = ConfigFolder, StateFolder = StateFolder });

    public async Task PrepareAsync()
    {
        publisher?.Leave(away: false);
        if (Link() != $"releases/{Old}")
        {
            // The cell before ended with the new version, kept: going back from there must work like anywhere else.
            var undone = await new UndoUpdate(NewSession()).RunAsync(new UndoOptions { Name = AppName }, CancellationToken.None);
            if (undone.Status != UpdateStatus.Kept)
                throw new KillMatrixException($"the kept update could not be taken back: {undone.Error?.Message}");
        }

        foreach (var path in new[] { Path.Combine(AppState, "operations"), Path.Combine(AppState, "backups"), ReleaseFolder(Good), ReleaseFolder(Bad) })
        {
            if (Directory.Exists(path))
                Directory.Delete(path, recursive: true);
        }

        made = [];
        foreach (var path in (string[])[Path.Combine(AppState, "memory.json"), Record(Good), Record(Bad), .. Secrets])
            File.Delete(path);
        File.Delete(Rows);
        await WaitForRowAsync();
        noted = [];
    }

    public Task AfterKillAsync()
    {
        CheckRows();
        CheckSecrets();
        // What is a whole release here is asked for nowhere else any more.
        publisher?.Leave(away: Directory.Exists(ReleaseFolder(Good)) || Directory.Exists(ReleaseFolder(Bad)));
        return Task.CompletedTask;
    }

    public async Task<string> EndAsync()
    {
        publisher?.Leave(away: false);
        var status = await new GetStatus(NewSession()).RunAsync(AppName, CancellationToken.None);
        Require(status.PendingOperation is null, $"operation {status.PendingOperation} is open");
        Require(status.Instances.Count == 1 && status.Instances[0].State == "running", $"{status.Instances.Count} instances: {string.Join(", ", status.Instances.Select(i => i.State))}");
        var version = status.RunningVersion ?? throw new KillMatrixException("no version runs");
        Require(Link() == $"releases/{version}", $"{version} runs, but current points to {Link()}");
        Require(status.Instances[0].Artifact == ReleaseFolder(version), $"{version} is told, but the process runs from {status.Instances[0].Artifact}");
        var main = status.Instances[0].Id.Split(':')[0];
        Require(Processes.Sessions().TrueForAll(s => s == main), $"processes of other sessions than {main}: {string.Join(", ", Processes.Sessions())}");
        Require(await new GetLock(NewSession()).RunAsync(AppName, CancellationToken.None) is null, "the lease is left");
        CheckLeftovers(version);
        CheckRows();
        CheckSecrets();
        // The old version was installed with none of them; what was begun may have been taken back before they were made.
        Require(version != Good || made.Count == Secrets.Length, $"{version} runs without {string.Join(", ", Secrets.Except(made.Keys))}");
        await WaitForRowAsync();
        return version;
    }

    public async ValueTask DisposeAsync()
    {
        Processes.Kill();
        page.Dispose();
        if (publisher is not null)
            await publisher.DisposeAsync();
        Directory.Delete(folder, recursive: true);
    }

    private async Task UpdateAsync(string version)
    {
        var result = await new UpdateApp(NewSession()).RunAsync(new UpdateOptions { Name = AppName, Version = version }, CancellationToken.None);
        Require(result.Status == UpdateStatus.Kept, $"the update to {version} ended {result.Status}: {result.Error?.Message}");
    }

    private void CheckLeftovers(string version)
    {
        var releases = Directory.GetFileSystemEntries(Path.Combine(Service, "releases")).Select(Path.GetFileName).ToHashSet();
        releases.ExceptWith([Old, Good, Bad, ".records"]);
        Require(releases.Count == 0, $"left among the releases of {version}: {string.Join(", ", releases)}");
        foreach (var (path, expected) in new[] { (Service, (string[])[".env", "current", "log", "releases", "run", "secrets", "shared", "source"]), (Path.Combine(Service, "secrets"), ["own.pem", "open.pem"]), (Path.Combine(Service, "source/build"), []), (Path.Combine(Service, "run"), ["app.pid"]), (Path.Combine(AppState, "downloads"), []), (Temporary, []) })
        {
            var left = !Directory.Exists(path) ? [] : Directory.GetFileSystemEntries(path).Select(p => Path.GetFileName(p)).Except(expected).ToList();
            Require(left.Count == 0, $"left in {path}: {string.Join(", ", left)}");
        }

        var temporary = Directory.EnumerateFileSystemEntries(folder, "*", new EnumerationOptions { RecurseSubdirectories = true, AttributesToSkip = FileAttributes.None })
            .Where(p => p.EndsWith(".tmp", StringComparison.Ordinal) || Path.GetFileName(p).StartsWith("owner-", StringComparison.Ordinal)).ToList();
        Require(temporary.Count == 0, $"left over: {string.Join(", ", temporary)}");
        var backups = Path.Combine(AppState, "backups");
        var half = Directory.Exists(backups) ? Directory.GetDirectories(backups).Where(b => !File.Exists(Path.Combine(b, "manifest.json"))).ToList() : [];
        Require(half.Count == 0, $"half a backup: {string.Join(", ", half)}");
    }

    // What has its name is whole, and stays as it was made.
    private void CheckSecrets()
    {
        foreach (var path in Secrets.Where(File.Exists))
        {
            var text = File.ReadAllText(path);
            Require(text.EndsWith('\n') && text.Length is > 60 and < 200, $"{path} is not whole: {text.Length} characters");
            Require(made.GetValueOrDefault(path, text) == text, $"{path} was made twice");
            made[path] = text;
        }

        Require(made.Keys.All(File.Exists), "something that was made is gone");
    }

    private string[] Secrets => [Path.Combine(Service, "secrets", "own.pem"), Path.Combine(Service, "secrets", "open.pem"), Path.Combine(Service, ".env")];

    // What was once written stays, in its order: an update may add, and never takes away.
    private void CheckRows()
    {
        var rows = File.ReadAllBytes(Rows);
        Require(rows.AsSpan().StartsWith(noted), $"of {noted.Length} bytes of rows not all are there any more: {Encoding.UTF8.GetString(rows)}");
        noted = rows;
    }

    private async Task WaitForRowAsync()
    {
        var before = File.Exists(Rows) ? new FileInfo(Rows).Length : 0;
        for (var waited = 0; !File.Exists(Rows) || new FileInfo(Rows).Length <= before; waited++)
        {
            Require(waited < 1000, "the application writes no rows");
            await Task.Delay(10);
        }
    }

    private string? Link() => new FileInfo(Path.Combine(Service, "current")).LinkTarget;

    private string ReleaseFolder(string version) => Path.Combine(Service, "releases", version);

    private string Record(string version) => Path.Combine(Service, "releases", ".records", version + ".json");

    private void Publish(string version, string script)
    {
        var path = Directory.CreateDirectory(Path.Combine(folder, "in", built ? "" : version)).FullName;
        File.WriteAllText(Path.Combine(path, "run"), script);
        File.WriteAllText(Path.Combine(path, "version"), version);
        if (!built)
        {
            // It lasts a moment, so that a kill just after its step began is in the middle of it.
            File.WriteAllText(Path.Combine(path, "check"), "n=0; until sleep 0.05; grep -q \"row of $(cat version)\" ../../shared/rows; do n=$((n+1)); [ $n -lt 600 ] || exit 1; done\n");
            publisher?.Publish(version, path);
            return;
        }

        File.WriteAllText(Path.Combine(path, "build.sh"), "rm -rf out && mkdir out && sleep 0.1 && cp run out/run\n");
        Git("init", "-q");
        Git("add", "-A");
        Git("-c", "user.name=a", "-c", "user.email=a@example.org", "commit", "-q", "-m", version);
        Git("tag", version);
    }

    private void Git(params string[] arguments)
    {
        var start = new System.Diagnostics.ProcessStartInfo("git", ["-C", Path.Combine(folder, "in"), .. arguments]) { RedirectStandardInput = true, RedirectStandardOutput = true, RedirectStandardError = true };
        using var git = System.Diagnostics.Process.Start(start)!;
        git.WaitForExit();
        Require(git.ExitCode == 0, $"git {string.Join(' ', arguments)} ended with exit code {git.ExitCode}");
    }

    private static void Require(bool holds, string message)
    {
        if (!holds)
            throw new KillMatrixException(message);
    }
}
