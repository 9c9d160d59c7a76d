using UpgradeOps.Engine.Apps.Definition;
using UpgradeOps.Engine.Backups;
using UpgradeOps.Engine.Databases;
using UpgradeOps.Engine.Hosts.Local;

namespace UpgradeOps.Integration.Backups;

/// <summary>SQLite databases, copied while somebody writes, restored by the step and by the manifest's own commands.</summary>
public sealed class SqliteBackupTests : IDisposable
{
    private readonly TempFolder _folder = new("sqlite-");

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    private string Database => _folder["data/app.sqlite"];

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task What_stands_in_the_log_only_is_in_the_copy_and_comes_back_with_the_rest_kept_aside()
    {
        Needs.Parts(Part.Sqlite);
        // A writer that ended without closing: its last rows stand in the log alone.
        await SqlAsync("PRAGMA journal_mode=WAL; CREATE TABLE t(v); INSERT INTO t VALUES ('one'); PRAGMA wal_autocheckpoint=0; INSERT INTO t VALUES ('two');", leave: true);
        Assert.True(new FileInfo(Database + "-wal").Length > 0);
        var room = Room();
        var backup = await room.CreateAsync(new BackupRequest { BackupId = "20260301T020000000Z-0001" }, Token);
        Assert.Equal(BackupConsistency.EachSource, backup.Consistency);
        await room.ProveAsync(backup.BackupId, ProofLevel.Structure, Token);
        await SqlAsync("DELETE FROM t; INSERT INTO t VALUES ('later');");

        var operation = new Operation(room, await room.PlanRestoreAsync(backup.BackupId, null, Token));
        await operation.RunAsync();
        Assert.Equal("one\ntwo", await SqlAsync("SELECT v FROM t"));
        Assert.StartsWith("file ", Assert.Single(operation.KeptAside), StringComparison.Ordinal);
        await operation.UndoAsync();
        Assert.Equal("later", await SqlAsync("SELECT v FROM t"));
        await operation.UndoAsync();
        Assert.Equal("later", await SqlAsync("SELECT v FROM t"));

        var script = string.Join('\n', backup.RestoreCommands);
        var done = await new Command("bash", "-euo", "pipefail", "-c", script) { Folder = backup.Location }.RunAsync(Token);
        Assert.True(done.ExitCode == 0, done.Error);
        Assert.Equal("one\ntwo", await SqlAsync("SELECT v FROM t"));
    }

    [Fact]
    public async Task A_damaged_one_makes_no_backup()
    {
        Needs.Parts(Part.Sqlite);
        await SqlAsync("CREATE TABLE t(v); WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 5000) INSERT INTO t SELECT hex(randomblob(50)) FROM n;");
        await using (var file = File.OpenWrite(Database))
        {
            file.Position = 8192;
            await file.WriteAsync(new byte[20_000], Token);
        }

        var room = Room();
        var e = await Assert.ThrowsAsync<AppException>(() => room.CreateAsync(new BackupRequest { BackupId = "20260301T020000000Z-0001" }, Token));
        Assert.Equal(ErrorIds.BackupFailed, e.ErrorId);
        Assert.Empty((await room.ListAsync(everywhere: true, Token)).Backups);
    }

    [Fact]
    public async Task A_missing_one_is_found_before_and_is_not_made()
    {
        Needs.Parts(Part.Sqlite);
        Assert.Contains(await Room().CheckAsync(Token), f => f.Severity == FindingSeverity.Blocker);
        await Assert.ThrowsAsync<AppException>(() => Room().CreateAsync(new BackupRequest { BackupId = "20260301T020000000Z-0001" }, Token));
        Assert.False(File.Exists(Database));
    }

    private async Task<string> SqlAsync(string sql, bool leave = false)
    {
        Directory.CreateDirectory(Path.GetDirectoryName(Database)!);
        // The tool empties the log when it ends in order; killed, it leaves it.
        var arguments = leave ? new[] { "-c", $"sqlite3 '{Database}' \"$0\" '.shell kill -9 $PPID'; sleep 0; true", sql } : ["-c", $"sqlite3 '{Database}' \"$0\"", sql];
        var result = await new Command("bash", arguments).RunAsync(Token);
        return leave ? "" : result.Expect("sqlite3").Trim();
    }

    private BackupRoom Room()
    {
        var definition = new AppDefinition
        {
            Name = "app",
            Path = _folder["app.yaml"],
            Platform = new PlatformDefinition { Service = new ServiceDefinition { Directory = _folder.Path, Command = ["true"] } },
            Releases = new ReleasesDefinition { Folder = _folder.Path },
            Backups = [new BackupSourceDefinition { Sqlite = "data/app.sqlite" }],
        };
        return new BackupRoom(definition, new LocalHost(), new Dictionary<string, IDatabase>(), () => throw new NotSupportedException(), _folder["backups"], TimeProvider.System, packing: null);
    }
}
