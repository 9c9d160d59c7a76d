using UpgradeOps.Engine.Apps.Definition;
using UpgradeOps.Engine.Backups;
using UpgradeOps.Engine.Backups.Folders;
using UpgradeOps.Engine.Databases;
using UpgradeOps.Engine.Hosts.Ssh;
using UpgradeOps.Integration.Hosts;

namespace UpgradeOps.Integration.Backups;

/// <summary>SQLite databases of an SSH host: copied there by its own tool, brought here, restored there.</summary>
public sealed class SqliteOverSshTests : IClassFixture<SshFixture>, IDisposable
{
    private const string Id = "20260301T020000000Z-0001";

    private readonly SshFixture _fixture;
    private readonly TempFolder _folder = new("sqlite'ssh-");
    private readonly TempFolder _client = new("client-");

    public SqliteOverSshTests(SshFixture fixture)
    {
        Needs.Parts(Part.Ssh, Part.Sqlite);
        _fixture = fixture;
        Directory.CreateDirectory(_folder["data"]);
    }

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    private string Database => _folder["data/app.sqlite"];

    public void Dispose()
    {
        _folder.Dispose();
        _client.Dispose();
    }

    [Fact]
    public async Task What_stands_in_the_log_only_comes_back_with_owner_and_mode_and_the_rest_is_kept_aside()
    {
        await using var host = _fixture.Open();
        await SqlAsync("PRAGMA journal_mode=WAL; CREATE TABLE t(v); INSERT INTO t VALUES ('one'); PRAGMA wal_autocheckpoint=0; INSERT INTO t VALUES ('two');", leave: true);
        Assert.True(new FileInfo(Database + "-wal").Length > 0);
        var owner = Environment.IsPrivilegedProcess ? "65534:65534" : (await Command.OutputAsync("stat", "-c", "%u:%g", Database)).Trim();
        await Command.OutputAsync("chown", owner, Database, Database + "-wal");
        await Command.OutputAsync("chmod", "0640", Database);
        // What a client that was killed left, and what belongs to somebody else.
        Directory.CreateDirectory(_folder["data/.app.sqlite.copying-killed"]);
        await File.WriteAllTextAsync(_folder["data/.app.sqlite.copying-killed/copy.sqlite"], "half", Token);
        Directory.CreateDirectory(_folder["data/.other.sqlite.copying-alive"]);

        var room = Room(host);
        Assert.DoesNotContain(await room.CheckAsync(Token), f => f.Severity == FindingSeverity.Blocker);
        var backup = await room.CreateAsync(new BackupRequest { BackupId = Id }, Token);
        Assert.Equal(BackupConsistency.EachSource, backup.Consistency);
        Assert.Contains((await room.ProveAsync(Id, ProofLevel.Structure, Token)).Proof.Evidence, e => e.Contains("SQLite", StringComparison.Ordinal));
        Assert.Equal([".other.sqlite.copying-alive"], Directory.GetDirectories(_folder["data"]).Select(Path.GetFileName));
        await SqlAsync("DELETE FROM t; INSERT INTO t VALUES ('later');", leave: true);
        Assert.True(new FileInfo(Database + "-wal").Length > 0);

        var operation = new Operation(room, await room.PlanRestoreAsync(Id, null, Token));
        await operation.RunAsync();
        Assert.False(File.Exists(Database + "-wal"));
        Assert.Equal($"{owner} 640", (await Command.OutputAsync("stat", "-c", "%u:%g %a", Database)).Trim());
        Assert.Equal("one\ntwo", await SqlAsync("SELECT v FROM t"));
        Assert.StartsWith("file ", Assert.Single(operation.KeptAside), StringComparison.Ordinal);
        await operation.UndoAsync();
        Assert.Equal("later", await SqlAsync("SELECT v FROM t"));
        await operation.UndoAsync();
        Assert.Equal("later", await SqlAsync("SELECT v FROM t"));
    }

    [Fact]
    public async Task A_missing_and_a_damaged_one_make_no_backup_and_leave_nothing_there()
    {
        await using var host = _fixture.Open();
        Assert.Contains(await Room(host).CheckAsync(Token), f => f.Severity == FindingSeverity.Blocker);
        await RefusedAsync("not there");
        Assert.False(File.Exists(Database));

        await SqlAsync("CREATE TABLE t(v); WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 5000) INSERT INTO t SELECT hex(randomblob(50)) FROM n;");
        await using (var file = File.OpenWrite(Database))
        {
            file.Position = 8192;
            await file.WriteAsync(new byte[20_000], Token);
        }

        await RefusedAsync("malformed");
        Assert.Equal([Database], Directory.GetFileSystemEntries(_folder["data"]));

        async Task RefusedAsync(string why)
        {
            var e = await Assert.ThrowsAsync<AppException>(() => Room(host).CreateAsync(new BackupRequest { BackupId = Id }, Token));
            Assert.Equal(ErrorIds.BackupFailed, e.ErrorId);
            Assert.Contains(why, e.Message, StringComparison.Ordinal);
            Assert.Empty((await Room(host).ListAsync(everywhere: true, Token)).Backups);
        }
    }

    [Fact]
    public async Task A_connection_that_is_cut_in_the_copy_makes_no_backup_and_the_next_one_clears_away_what_it_left()
    {
        await using var server = await SshServer.StartAsync();
        await using var host = _fixture.Open(server);
        await SqlAsync("CREATE TABLE t(v); WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 40) INSERT INTO t SELECT randomblob(1000000) FROM n;");
        var cut = false;
        var e = await Assert.ThrowsAsync<AppException>(() => Room(host).CreateAsync(
            new BackupRequest
            {
                BackupId = Id,
                Progress = (_, done, _) =>
                {
                    if (cut || done < 8 << 20)
                        return;
                    cut = true;
                    server.CutAsync().GetAwaiter().GetResult();
                },
            },
            Token));
        Assert.Equal(ErrorIds.HostConnectionLost, e.ErrorId);
        Assert.Empty((await Room(host).ListAsync(everywhere: true, Token)).Backups);
        Assert.Single(Directory.GetDirectories(_folder["data"]));
        await Room(host).CreateAsync(new BackupRequest { BackupId = Id }, Token);
        Assert.Equal([Database], Directory.GetFileSystemEntries(_folder["data"]));
    }

    private async Task<string> SqlAsync(string sql, bool leave = false)
    {
        // The tool empties the log when it ends in order; killed, it leaves it.
        var arguments = leave ? new[] { "-c", "sqlite3 \"$1\" \"$0\" '.shell kill -9 $PPID'; sleep 0; true", sql, Database } : ["-c", "sqlite3 \"$1\" \"$0\"", sql, Database];
        var result = await new Command("bash", arguments).RunAsync(Token);
        return leave ? "" : result.Expect("sqlite3").Trim();
    }

    private BackupRoom Room(SshHost host)
    {
        var definition = new AppDefinition
        {
            Name = "app",
            Host = host.Address,
            Path = _client["app.yaml"],
            Platform = new PlatformDefinition { Service = new ServiceDefinition { Directory = _folder.Path, Command = ["true"] } },
            Releases = new ReleasesDefinition { Folder = _folder.Path },
            Backups = [new BackupSourceDefinition { Sqlite = "data/app.sqlite" }],
        };
        return new BackupRoom(
            definition, host, new Dictionary<string, IDatabase>(), () => throw new NotSupportedException(), _client["backups"], TimeProvider.System, packing: null, folders: new RemoteFolders(host));
    }
}
