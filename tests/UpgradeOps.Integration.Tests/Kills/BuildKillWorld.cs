using UpgradeOps.Cli.Tests.Kills;
using UpgradeOps.Engine.Docker;
using UpgradeOps.Engine.Operations;
using UpgradeOps.Engine.Platforms.Compose;
using UpgradeOps.Integration.Git;
using UpgradeOps.KillHost.Matrix;

namespace UpgradeOps.Integration.Kills;

/// <summary>
/// A Compose application whose image is built of commits, on which operations are killed. It writes a row ten times a second into its volume. It is put up once and
/// repaired between cells.
/// </summary>
internal sealed class BuildKillWorld : IKillWorld
{
    public const string Old = "v1.0.0";
    public const string Good = "v1.1.0";

    /// <summary>Ends as soon as it is started.</summary>
    public const string Bad = "v1.2.0";

    private const string Serve = "trap 'exit 0' TERM; ln -sf /data/rows /www/rows; httpd -f -p 8080 -h /www & while :; do cat /www/health >>/data/rows; echo >>/data/rows; sleep 0.1; done";

    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    private readonly TempFolder _folder = new("kill-build-");
    private readonly GitComposeWorld _app;
    private readonly DockerClient _docker = new(DockerEndpoint.FromEnvironment(System.Environment.GetEnvironmentVariable), TimeProvider.System);
    private readonly byte[] _definition;
    private readonly string _oldImage;
    private string _told = "";

    private BuildKillWorld(GitComposeWorld app, string oldImage)
    {
        _app = app;
        _oldImage = oldImage;
        _definition = File.ReadAllBytes(app.Definition);
        Directory.CreateDirectory(Temporary);
        Environment = new Dictionary<string, string> { ["TMPDIR"] = Temporary };
    }

    public string AppName => _app.Project;

    public string ConfigFolder => _folder["config"];

    public string StateFolder => _app.StateFolder;

    public IReadOnlyDictionary<string, string> Environment { get; }

    private string Temporary => _folder["tmp"];

    /// <summary>Where the application's state is, by its definition.</summary>
    private string AppState => Path.Combine(StateFolder, "chat");

    /// <summary>The name that Compose asks for.</summary>
    private string Image => $"{_app.Project}-app";

    private string Away => _app.Workshop.Origin + ".away";

    public static async Task<IKillWorld> CreateAsync()
    {
        // Each version has other words in its compose file too.
        static string Of(string version, string run) => $"\n    environment: {{ GREETING: {version} }}\n    entrypoint: [sh, -c, \"{run.Replace("$", "$$", StringComparison.Ordinal)}\"]";
        var app = await GitComposeWorld.StartAsync(
            w => w.ReleaseAsync(Old, Of(Old, Serve)), "app", "channels: { stable: \"v*\" }, channel: stable", "backups: [ { volume: data } ]\nonFailure: { data: keep }");
        await app.ReleaseAsync(Good, Of(Good, Serve), run: "sleep 0.3");
        await app.ReleaseAsync(Bad, Of(Bad, "echo 'no disk today' >&2; exit 3"), run: "sleep 0.3");
        // The kill host has no settings for SSH; how commits come over it is tested elsewhere.
        await File.WriteAllTextAsync(app.Definition, (await File.ReadAllTextAsync(app.Definition)).Replace(app.Address, app.Workshop.Origin, StringComparison.Ordinal));
        var world = new BuildKillWorld(app, await app.ImageOfAsync(await app.ContainerAsync()));
        await new RegisterApp(world.NewSession()).RunAsync(app.Definition, force: false, CancellationToken.None);
        return world;
    }

    public EngineSession NewSession() => new(new EngineOptions { ConfigFolder = ConfigFolder, StateFolder = StateFolder });

    public async Task PrepareAsync()
    {
        GiveBack();
        var containers = await ContainersAsync();
        var whole = containers is [{ State.Running: true } one] && one.Image == _oldImage && await File.ReadAllTextAsync(_app.ComposeFile) == await ComposeFileAsync(Old);
        if (!whole)
        {
            foreach (var container in containers)
                await _docker.RemoveContainerAsync(container.Id, withVolumes: false, default);
            await File.WriteAllTextAsync(_app.ComposeFile, await ComposeFileAsync(Old));
            await _docker.TagImageAsync(_oldImage, Image, "latest", default);
            await _app.ComposeAsync("up", "--detach", "--no-build");
            await Until.TrueAsync(async () => await _app.RunningAsync() == Old, Patience, Old);
        }

        if (Directory.Exists(StateFolder))
            Directory.Delete(StateFolder, recursive: true);
        foreach (var hold in await HoldsAsync())
            await _docker.RemoveContainerAsync(hold.Id, withVolumes: true, default);
        // The next update has to build, though most of it is in the engine's cache.
        foreach (var tag in (await TagsAsync()).Where(t => t.Name != "latest"))
            await _docker.RemoveImageAsync($"{Image}:{tag.Name}", default);
        await _app.ComposeAsync("exec", "-T", "app", "sh", "-c", ": >/data/rows");
        await WaitForRowAsync();
        _told = "";
    }

    /// <summary>What a resume must not need is not there: its definition, and the repository once its commit is built.</summary>
    public async Task AfterKillAsync()
    {
        await CheckRowsAsync();
        GiveBack();
        var operations = Path.Combine(AppState, "operations");
        var journal = Directory.Exists(operations) ? Directory.GetFiles(operations, "journal.jsonl", SearchOption.AllDirectories).Order().LastOrDefault() : null;
        var lines = journal is null ? [] : await File.ReadAllLinesAsync(journal);
        bool Wrote(string step) => lines.Skip(1).Any(l => l.Contains($"/{step}#", StringComparison.Ordinal));

        // To undo what is over already is an operation of its own, and needs its definition like any.
        if (Wrote("compose.keep") || lines.Any(l => l.Contains("\"event\":\"outcome\"", StringComparison.Ordinal)))
            return;
        if (Wrote("compose.remember"))
            File.Delete(_app.Definition);
        if (Wrote("compose.hold"))
            Directory.Move(_app.Workshop.Origin, Away);
    }

    public async Task<string> EndAsync()
    {
        GiveBack();
        var status = await new GetStatus(NewSession()).RunAsync(AppName, CancellationToken.None);
        Require(status.PendingOperation is null, $"operation {status.PendingOperation} is open");
        Require(await new GetLock(NewSession()).RunAsync(AppName, CancellationToken.None) is null, "the lease is left");
        var containers = await ContainersAsync();
        Require(containers is [{ State: { Running: true, Paused: false } }], $"the project's containers are {string.Join(", ", containers.Select(c => $"{c.DisplayName} {c.State.Status}"))}");
        Require(containers[0].DisplayName.StartsWith($"{_app.Project}-app-", StringComparison.Ordinal), $"a passing name is left: {containers[0].DisplayName}");
        Require(containers[0].HostConfig.RestartPolicy?.Name == "unless-stopped", $"its restart policy is {containers[0].HostConfig.RestartPolicy?.Name}");
        var image = containers[0].Image;
        var version = image == _oldImage ? Old : (await _docker.InspectImageAsync(image, default))?.Config?.Labels?.GetValueOrDefault(ContainerLabels.BuiltVersion) ?? $"an image of nobody, {image}";
        await Until.TrueAsync(async () => await _app.RunningAsync() == version, Patience, $"{version} answers");
        await CheckFilesAsync(version);
        await CheckEngineAsync(version, image);
        await CheckRowsAsync();
        await WaitForRowAsync();
        return version;
    }

    public async ValueTask DisposeAsync()
    {
        GiveBack();
        await _app.DisposeAsync();
        await _docker.DisposeAsync();
        _folder.Dispose();
    }

    private async Task CheckFilesAsync(string version)
    {
        Require(await File.ReadAllTextAsync(_app.ComposeFile) == await ComposeFileAsync(version), $"{version} runs, but the compose file is another one");
        var building = new FolderProcesses(Path.Combine(_app.App, ".upgradeops")).Sessions();
        Require(building.Count == 0, $"still at work in the tree: {string.Join(", ", building)}");
        foreach (var folder in new[] { Path.Combine(_app.App, ".upgradeops/build"), Path.Combine(_app.App, ".upgradeops/look"), Temporary })
        {
            var left = Directory.Exists(folder) ? Directory.GetFileSystemEntries(folder) : [];
            Require(left.Length == 0, $"left over: {string.Join(", ", left)}");
        }

        string[] own = [".env", ".git", ".gitignore", ".upgradeops", "Dockerfile", "conf", "docker-compose.yml", "secrets", "start.sh", "www"];
        var others = Directory.GetFileSystemEntries(_app.App).Select(p => Path.GetFileName(p)).Except(own).ToList();
        Require(others.Count == 0, $"left over: {string.Join(", ", others)}");
        var half = Directory.EnumerateFiles(StateFolder, "*", SearchOption.AllDirectories).Where(p => p.EndsWith(".tmp", StringComparison.Ordinal) || Path.GetFileName(p).StartsWith("owner-", StringComparison.Ordinal)).ToList();
        Require(half.Count == 0, $"left over: {string.Join(", ", half)}");
        var backups = Path.Combine(StateFolder, "backups");
        half = Directory.Exists(backups) ? [.. Directory.GetDirectories(backups).Where(b => !File.Exists(Path.Combine(b, "manifest.json")))] : [];
        Require(half.Count == 0, $"half a backup: {string.Join(", ", half)}");
    }

    // The name that Compose asks for means what runs; a kept update holds the image that it can be taken back to, and nothing else holds anything.
    private async Task CheckEngineAsync(string version, string image)
    {
        var tags = await TagsAsync();
        Require(tags.Contains(("latest", image)), $"{version} runs, but {Image} is {string.Join(", ", tags)}");
        var history = await new GetHistory(NewSession()).RunAsync(AppName, CancellationToken.None);
        var kept = history.FirstOrDefault(h => h.Status == UpdateStatus.Kept);
        var wanted = kept is null ? [] : new[] { kept.From is null or Old ? _oldImage : tags.Single(t => t.Name.StartsWith("git-", StringComparison.Ordinal) && t.Id != image).Id };
        var held = (await HoldsAsync()).Select(c => c.Labels.GetValueOrDefault(ContainerLabels.Hold, $"no image, but is {c.Names.FirstOrDefault()}")).ToList();
        Require(held.SequenceEqual(wanted), $"held: {string.Join(", ", held)}; to be held: {string.Join(", ", wanted)}");
        var volumes = (await Command.OutputAsync("docker", "volume", "ls", "--quiet", "--filter", $"name={_app.Project}")).Split('\n', StringSplitOptions.RemoveEmptyEntries);
        Require(volumes.SequenceEqual([$"{_app.Project}_data"]), $"volumes are {string.Join(", ", volumes)}");
    }

    /// <summary>What a user was once told stays, in its order.</summary>
    private async Task CheckRowsAsync()
    {
        if (await _app.PageAsync("rows") is not { } rows)
            return;
        Require(rows.StartsWith(_told, StringComparison.Ordinal), $"of {_told.Length} characters of rows not all are there any more: {rows}");
        _told = rows;
    }

    private async Task WaitForRowAsync()
    {
        var before = (await _app.PageAsync("rows"))?.Length ?? 0;
        await Until.TrueAsync(async () => (await _app.PageAsync("rows"))?.Length > before, Patience, "the application writes rows");
    }

    private Task<string> ComposeFileAsync(string version) => Command.OutputAsync("git", "-C", _app.Workshop.Checkout, "show", $"{version}:docker-compose.yml");

    private async Task<IReadOnlyList<ContainerDetails>> ContainersAsync()
    {
        var found = await _docker.ListContainersAsync([$"{ContainerLabels.Project}={_app.Project}"], default);
        return [.. (await Task.WhenAll(found.Select(c => _docker.InspectContainerAsync(c.Id, default)))).OfType<ContainerDetails>()];
    }

    private Task<List<ContainerSummary>> HoldsAsync() => _docker.ListContainersAsync([$"{ContainerLabels.HoldApp}={_app.Project}"], default);

    private async Task<List<(string Name, string Id)>> TagsAsync() =>
        [.. (await _docker.ListImagesAsync(Image, default)).SelectMany(i => (i.RepoTags ?? []).Select(t => (t[(t.LastIndexOf(':') + 1)..], i.Id)))];

    private void GiveBack()
    {
        File.WriteAllBytes(_app.Definition, _definition);
        if (Directory.Exists(Away))
            Directory.Move(Away, _app.Workshop.Origin);
    }

    private static void Require(bool holds, string message)
    {
        if (!holds)
            throw new KillMatrixException(message);
    }
}
