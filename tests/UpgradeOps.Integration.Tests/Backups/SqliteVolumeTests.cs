using UpgradeOps.Engine.Apps.Definition;
using UpgradeOps.Engine.Backups;
using UpgradeOps.Engine.Backups.Volumes;
using UpgradeOps.Engine.Databases;
using UpgradeOps.Engine.Docker;
using UpgradeOps.Engine.Hosts.Local;

namespace UpgradeOps.Integration.Backups;

/// <summary>An SQLite database in a volume, copied while a container writes to it all the time.</summary>
public sealed class SqliteVolumeTests : IAsyncLifetime
{
    /// <summary>Each number stands in both tables or in none, and in the list only when it was written.</summary>
    private const string Writer = """
        cd /data
        run() { sqlite3 -batch -bail -cmd '.timeout 60000' data/app.db "$1" >/dev/null; }
        mkdir -p data && run "PRAGMA journal_mode=$MODE; CREATE TABLE IF NOT EXISTS one(v); CREATE TABLE IF NOT EXISTS two(v);"
        while :; do i=$((i + 1)); run "BEGIN IMMEDIATE; INSERT INTO one VALUES ($i); INSERT INTO two VALUES ($i); COMMIT;" && echo $i >>written; done
        """;

    private readonly DockerClient _docker = new(DockerEndpoint.FromEnvironment(Environment.GetEnvironmentVariable), TimeProvider.System);
    private readonly TempFolder _folder = new("sqlite-volume-");
    private readonly string _volume = $"upgradeops-test-{Guid.NewGuid():N}"[..28];
    private string _image = "";

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    private string App => $"{_volume}-app";

    public async ValueTask InitializeAsync()
    {
        if (Require.Missing(Part.Docker, Part.Sqlite) is not null)
            return;
        _image = await LocalImage.LoadAsync("sqlite", await SqliteImage.GetAsync());
        await Command.OutputAsync("docker", "volume", "create", _volume);
        await Command.OutputAsync("docker", "run", "--rm", "--user", "0", "--network", "none", "--volume", $"{_volume}:/data", _image, "chown", $"{SqliteImage.User}", "/data");
    }

    public async ValueTask DisposeAsync()
    {
        if (_image.Length > 0)
        {
            await Command.RunAsync("docker", "rm", "--force", App);
            await Command.RunAsync("docker", "volume", "rm", "--force", _volume);
        }

        await _docker.DisposeAsync();
        _folder.Dispose();
    }

    [Theory]
    [InlineData("WAL")]
    [InlineData("DELETE")]
    public async Task It_is_of_one_moment_comes_back_and_the_container_writes_on(string mode)
    {
        Needs.Parts(Part.Docker, Part.Sqlite);
        await Command.OutputAsync(
            "docker", "run", "--detach", "--name", App, "--network", "none", "--env", $"MODE={mode}", "--volume", $"{_volume}:/data", "--stop-timeout", "0", _image, "sh", "-c", Writer);
        await WrittenAsync(beyond: 10);
        var room = Room("data/app.db");
        Assert.Empty(await room.CheckAsync(Token));
        var before = await WrittenAsync(beyond: 0);
        var backup = await room.CreateAsync(new BackupRequest { BackupId = "20260301T020000000Z-0001" }, Token);
        var after = await WrittenAsync(beyond: 0);
        Assert.Equal(BackupConsistency.EachSource, backup.Consistency);
        await room.ProveAsync(backup.BackupId, ProofLevel.Structure, Token);

        // Nothing that the copy left keeps the application, which is not root, from writing.
        await WrittenAsync(beyond: after + 5);
        await Command.OutputAsync("docker", "stop", App);
        var operation = new Operation(room, await room.PlanRestoreAsync(backup.BackupId, null, Token));
        await operation.RunAsync();
        Assert.Single(operation.KeptAside);
        var restored = (await QueryAsync("SELECT count(*), max(v) FROM one UNION ALL SELECT count(*), max(v) FROM two")).Split('\n');
        Assert.Equal(restored[0], restored[1]);
        // A number is told a moment after it was written.
        Assert.InRange(int.Parse(restored[0].Split('|')[0]), before, after + 1);

        var last = await WrittenAsync(beyond: 0);
        await Command.OutputAsync("docker", "start", App);
        await WrittenAsync(beyond: last, until: n => n != last);
        await Command.OutputAsync("docker", "stop", App);
        await operation.UndoAsync();
        Assert.True(int.Parse(await QueryAsync("SELECT count(*) FROM two")) > after);
    }

    [Fact]
    public async Task What_leads_elsewhere_or_is_not_there_is_told_before()
    {
        Needs.Parts(Part.Docker, Part.Sqlite);
        await Command.OutputAsync("docker", "create", "--name", App, "--volume", $"{_volume}:/data", _image, "true");
        await Command.OutputAsync("docker", "run", "--rm", "--network", "none", "--volume", $"{_volume}:/data", _image, "ln", "-s", "/etc", "/data/etc");
        Assert.Contains("is a link", Assert.Single(await Room("etc/passwd").CheckAsync(Token)).Message, StringComparison.Ordinal);
        Assert.Contains("is not there", Assert.Single(await Room("other.db").CheckAsync(Token)).Message, StringComparison.Ordinal);
    }

    private BackupRoom Room(string file)
    {
        var definition = new AppDefinition
        {
            Name = "app",
            Path = _folder["app.yaml"],
            Platform = new PlatformDefinition { Compose = new ComposeDefinition { Directory = _folder.Path, Service = "app", Variable = "TAG" } },
            Releases = new ReleasesDefinition { Folder = _folder.Path },
            Backups = [new BackupSourceDefinition { Sqlite = file, InVolume = _volume }],
        };
        return new BackupRoom(
            definition, new LocalHost(), new Dictionary<string, IDatabase>(), () => new DockerVolumes(_docker, "app", _folder.Path), _folder["backups"], TimeProvider.System, packing: null);
    }

    /// <returns>How many numbers the writer has told, once they are more.</returns>
    private async Task<int> WrittenAsync(int beyond, Func<int, bool>? until = null)
    {
        var lines = 0;
        for (var attempt = 0; attempt < 600; attempt++)
        {
            var list = Path.Combine(await MountpointAsync(), "written");
            lines = File.Exists(list) ? (await File.ReadAllLinesAsync(list, Token)).Length : 0;
            if (until?.Invoke(lines) ?? lines > beyond || beyond == 0)
                return lines;
            await Task.Delay(200, Token);
        }

        throw new TimeoutException($"{lines} numbers, and no more: {await Command.OutputAsync("docker", "logs", App)}");
    }

    private async Task<string> MountpointAsync() => (await Command.OutputAsync("docker", "volume", "inspect", "--format", "{{.Mountpoint}}", _volume)).Trim();

    private async Task<string> QueryAsync(string sql) => (await Command.OutputAsync("sqlite3", "-batch", Path.Combine(await MountpointAsync(), "data/app.db"), sql)).Trim();
}
