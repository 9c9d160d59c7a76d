using UpgradeOps.Engine.Apps.Definition;
using UpgradeOps.Engine.Backups;
using UpgradeOps.Engine.Backups.Volumes;
using UpgradeOps.Engine.Databases;
using UpgradeOps.Engine.Docker;
using UpgradeOps.Engine.Hosts.Local;

namespace UpgradeOps.Integration.Backups;

/// <summary>Volumes of a real engine, with everything in them that is awkward to move.</summary>
public sealed class DockerVolumeTests : IAsyncLifetime
{
    private readonly DockerClient _docker = new(DockerEndpoint.FromEnvironment(Environment.GetEnvironmentVariable), TimeProvider.System);
    private readonly TempFolder _folder = new("volumes-");
    private readonly string _volume = $"upgradeops-test-{Guid.NewGuid():N}"[..28];
    private string _image = "";

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync()
    {
        if (Require.Missing(Part.Docker, Part.Postgres) is not null)
            return;
        _image = await LocalImage.LoadAsync("postgres", await PostgresImage.GetAsync());
        await Command.OutputAsync("docker", "volume", "create", "--label", "com.docker.compose.volume=uploads", _volume);
        await Command.OutputAsync(
            "docker", "create", "--name", $"{_volume}-app", "--label", $"com.docker.compose.project.working_dir={_folder.Path}",
            "--volume", $"{_volume}:/data", "--entrypoint", "/bin/sh", _image, "-c", "while :; do sleep 1; done");
        await ShellAsync("""
            umask 0; mkdir -p "/data/a dir/deep" && printf one >"/data/a dir/deep/one.txt" && printf two >/data/two && chmod 4751 /data/two
            ln -s /etc/passwd /data/absolute && ln -s ../nowhere /data/dangling && ln /data/two /data/hard
            chown 1234:4321 "/data/a dir" && mkfifo /data/pipe && printf x >"/data/Ünï 表 name" && : >/data/empty && touch -t 200102030405 /data/two
            """);
    }

    public async ValueTask DisposeAsync()
    {
        if (_image.Length > 0)
        {
            await Command.RunAsync("docker", "rm", "--force", $"{_volume}-app");
            foreach (var volume in (await Command.OutputAsync("docker", "volume", "ls", "--quiet", "--filter", $"name={_volume}")).Split('\n', StringSplitOptions.RemoveEmptyEntries))
                await Command.RunAsync("docker", "volume", "rm", "--force", volume);
        }

        await _docker.DisposeAsync();
        _folder.Dispose();
    }

    [Fact]
    public async Task A_volume_is_found_by_its_name_in_the_compose_file_and_by_its_full_name()
    {
        Needs.Parts(Part.Docker, Part.Postgres);
        Assert.Equal(_volume, await Volumes().ResolveAsync("uploads", Token));
        Assert.Equal(_volume, await Volumes().ResolveAsync(_volume, Token));
        Assert.Contains("docker volume ls", (await Assert.ThrowsAsync<AppException>(() => Volumes().ResolveAsync("other", Token))).Error.RecommendedAction, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Emptying_leaves_nothing_and_no_container()
    {
        Needs.Parts(Part.Docker, Part.Postgres);
        await Volumes().EmptyAsync(_volume, Token);
        Assert.Equal("", await ShellAsync("ls -A /data"));
        Assert.Equal("", await Command.OutputAsync("docker", "ps", "--all", "--quiet", "--filter", "label=upgradeops.temporary", "--filter", $"volume={_volume}"));
    }

    [Fact]
    public async Task A_restore_brings_back_every_name_mode_owner_and_link_and_keeps_the_rest_aside()
    {
        Needs.Parts(Part.Docker, Part.Postgres);
        var room = Room();
        var before = await ListingAsync();
        var backup = await room.CreateAsync(new BackupRequest { BackupId = "20260301T020000000Z-0001" }, Token);
        Assert.Equal(BackupConsistency.EachSource, backup.Consistency);
        await room.ProveAsync(backup.BackupId, ProofLevel.Structure, Token);
        await ShellAsync("rm -rf \"/data/a dir\" && printf changed >/data/two && mkdir /data/new && printf new >/data/new/file");
        var changed = await ListingAsync();

        var operation = new Operation(room, await room.PlanRestoreAsync(backup.BackupId, null, Token));
        await operation.RunAsync();
        Assert.Equal(before, await ListingAsync());
        Assert.Equal("one", await ShellAsync("cat \"/data/a dir/deep/one.txt\""));
        Assert.Equal([$"volume {_volume}-aside-{operation.Id.ToLowerInvariant()}"], operation.KeptAside);

        await ShellAsync("printf later >/data/later");
        await operation.UndoAsync();
        Assert.Equal(changed, await ListingAsync());
        Assert.Equal([$"volume {_volume}-undone-{operation.Id.ToLowerInvariant()}"], operation.KeptAside);
        await operation.UndoAsync();
        Assert.Equal(changed, await ListingAsync());
    }

    [Theory]
    [InlineData("tar czf {0} -C from .")]
    [InlineData("cd from && tar cf - \"a dir/deep/one.txt\" sub | gzip >{0}")]
    public async Task An_archive_that_tar_made_replaces_its_content_and_is_taken_back(string command)
    {
        Needs.Parts(Part.Docker, Part.Postgres);
        var path = _folder["files_backup.tar.gz"];
        var script = "umask 022; mkdir -p 'from/a dir/deep' from/sub && printf 1 >'from/a dir/deep/one.txt' && printf 2 >from/sub/two && ln -s /etc/passwd from/sub/link && ln from/sub/two from/sub/hard && chmod 4751 from/sub/two; ";
        var made = await new Command("bash", "-euc", script + string.Format(System.Globalization.CultureInfo.InvariantCulture, command, path)) { Folder = _folder.Path }.RunAsync(Token);
        Assert.True(made.ExitCode == 0, made.Error);
        var before = await ListingAsync();
        var operation = new Operation(Room(), await Room().PlanRestoreFileAsync(path, null, Token));
        await operation.RunAsync();
        Assert.Equal("12", await ShellAsync("cat \"/data/a dir/deep/one.txt\" /data/sub/two"));
        Assert.Equal("a dir\nsub", (await ShellAsync("ls -A /data")).Trim());
        Assert.Equal("4751 2", (await ShellAsync("stat -c '%a %h' /data/sub/two")).Trim());
        await operation.UndoAsync();
        Assert.Equal(before, await ListingAsync());
    }

    [Fact]
    public async Task A_volume_in_use_is_backed_up_as_best_effort_and_never_replaced()
    {
        Needs.Parts(Part.Docker, Part.Postgres);
        var room = Room();
        await Command.OutputAsync("docker", "start", $"{_volume}-app");
        var backup = await room.CreateAsync(new BackupRequest { BackupId = "20260301T020000000Z-0001" }, Token);
        Assert.Equal(BackupConsistency.BestEffort, backup.Consistency);
        var before = await ListingAsync();
        var operation = new Operation(room, await room.PlanRestoreAsync(backup.BackupId, null, Token));
        var error = await Assert.ThrowsAsync<AppException>(() => operation.RunAsync());
        Assert.Contains("Stop every container", error.Error.RecommendedAction, StringComparison.Ordinal);
        Assert.Equal(before, await ListingAsync());
    }

    [Fact]
    public async Task Its_own_commands_restore_it_into_an_empty_volume()
    {
        Needs.Parts(Part.Docker, Part.Postgres);
        var before = await ListingAsync();
        var backup = await Room().CreateAsync(new BackupRequest { BackupId = "20260301T020000000Z-0001" }, Token);
        await Volumes().EmptyAsync(_volume, Token);
        // Other tests may use the name at the same time, and the newest image may be any.
        var script = string.Join("\n", backup.RestoreCommands).Replace("restore-volume", $"{_volume}-by-hand", StringComparison.Ordinal).Replace("\"$(docker image ls -q | head -n 1)\"", _image, StringComparison.Ordinal);
        var result = await new Command("bash", "-euo", "pipefail", "-c", script) { Folder = backup.Location }.RunAsync(Token);
        Assert.True(result.ExitCode == 0, $"{script}\n{result.Error}");
        Assert.Equal(before, await ListingAsync());
    }

    private DockerVolumes Volumes() => new(_docker, "kmp", _folder.Path);

    private BackupRoom Room()
    {
        var definition = new AppDefinition
        {
            Name = "kmp",
            Path = _folder["kmp.yaml"],
            Platform = new PlatformDefinition { Compose = new ComposeDefinition { Directory = _folder.Path, Service = "app", Variable = "TAG" } },
            Releases = new ReleasesDefinition { Image = "ghcr.io/jhandel/kmp" },
            Backups = [new BackupSourceDefinition { Volume = "uploads" }],
        };
        return new BackupRoom(definition, new LocalHost(), new Dictionary<string, IDatabase>(), () => _docker, _folder["backups"], TimeProvider.System);
    }

    private async Task<string> ShellAsync(string script) => (await Command.OutputAsync(
        "docker", "run", "--rm", "--user", "0:0", "--network", "none", "--volume", $"{_volume}:/data", "--entrypoint", "/bin/sh", _image, "-ec", script)).TrimEnd('\n');

    private Task<string> ListingAsync() => ShellAsync("cd /data && find . -mindepth 1 ! -type d -exec stat -c '%n %F %a %u %g %h %s %N' {} + | sort; find . -mindepth 1 -type d -exec stat -c '%n %a %u %g' {} + | sort; find . -type f -exec md5sum {} + | sort");
}
