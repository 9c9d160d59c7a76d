using UpgradeOps.Engine.Apps.Definition;
using UpgradeOps.Engine.Apps.Secrets;
using UpgradeOps.Engine.Backups;
using UpgradeOps.Engine.Databases;
using UpgradeOps.Engine.Docker;
using UpgradeOps.Engine.Hosts;
using UpgradeOps.Engine.Hosts.Local;
using UpgradeOps.Engine.Hosts.Ssh;

namespace UpgradeOps.Integration.Backups;

/// <summary>Snapshots of raft storage over the API of Vault and OpenBao: saved, proved, restored by the step and by the manifest's own commands.</summary>
public sealed class RaftBackupTests : IAsyncLifetime
{
    private readonly TempFolder _folder = new("raft-");
    private RaftServer _server = null!;
    private string? _address;

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync() => _server = await RaftServer.StartAsync();

    public async ValueTask DisposeAsync()
    {
        await _server.DisposeAsync();
        _folder.Dispose();
    }

    [Fact]
    public async Task A_snapshot_comes_back_by_the_step_and_by_curl()
    {
        var room = Room();
        Assert.DoesNotContain(await room.CheckAsync(Token), f => f.Severity == FindingSeverity.Blocker);
        var backup = await BackUpAsync(room);
        Assert.Equal("raft/vault.snap", Assert.Single(backup.Files).Path);
        Assert.Contains((await room.ProveAsync(backup.BackupId, ProofLevel.Structure, Token)).Proof.Evidence, e => e.Contains("SHA256SUMS", StringComparison.Ordinal));

        _server.State = "two";
        await new Operation(room, await room.PlanRestoreAsync(backup.BackupId, null, Token)).RunAsync();
        Assert.EndsWith("one", _server.State, StringComparison.Ordinal);

        _server.State = "two";
        var script = string.Join('\n', backup.RestoreCommands);
        var done = await new Command("bash", "-euo", "pipefail", "-c", script) { Folder = backup.Location, Input = RaftServer.Token + "\n" }.RunAsync(Token);
        Assert.True(done.ExitCode == 0, done.Error);
        Assert.EndsWith("one", _server.State, StringComparison.Ordinal);
        Assert.DoesNotContain(RaftServer.Token, script + await File.ReadAllTextAsync(Path.Combine(backup.Location, "manifest.json"), Token), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("cut")]
    [InlineData("corrupt")]
    [InlineData("sealed")]
    [InlineData("forbidden")]
    [InlineData("gone")]
    public async Task What_goes_wrong_is_told_and_makes_no_backup(string what)
    {
        var room = Room(what == "forbidden" ? "s.another-token-of-somebody" : RaftServer.Token);
        switch (what)
        {
            case "cut":
                _server.CutAfter = 100;
                break;
            case "corrupt":
                _server.Corrupts = true;
                break;
            case "sealed":
                _server.IsSealed = true;
                break;
            case "gone":
                await _server.DisposeAsync();
                break;
        }

        var e = await Assert.ThrowsAsync<AppException>(() => BackUpAsync(room));
        Assert.Equal(ErrorIds.BackupFailed, e.ErrorId);
        var expected = what switch { "corrupt" => "its own SHA256SUMS", "sealed" => "503", "forbidden" => "permission denied", _ => "" };
        Assert.Contains(expected, e.Message, StringComparison.Ordinal);
        Assert.DoesNotContain("s.another", e.Message, StringComparison.Ordinal);
        Assert.Empty((await room.ListAsync(everywhere: true, Token)).Backups);
    }

    [Fact]
    public async Task Over_ssh_it_is_the_host_that_asks()
    {
        Needs.Parts(Part.Ssh);
        await using var server = await SshServer.StartAsync();
        await using var host = Open(server);
        // By a name that this machine's resolver need not know.
        _address = _server.Address.Replace("127.0.0.1", "localhost", StringComparison.Ordinal);
        var room = Room(host: host);
        Assert.DoesNotContain(await room.CheckAsync(Token), f => f.Severity == FindingSeverity.Blocker);
        var backup = await BackUpAsync(room);
        _server.State = "two";
        await new Operation(room, await room.PlanRestoreAsync(backup.BackupId, null, Token)).RunAsync();
        Assert.EndsWith("one", _server.State, StringComparison.Ordinal);

        // This machine reaches it too; a host that forwards nothing does not.
        await using var closed = await SshServer.StartAsync("AllowTcpForwarding no");
        await using var walled = Open(closed);
        var refused = Assert.Single(await Room(host: walled).CheckAsync(Token), f => f.Severity == FindingSeverity.Blocker);
        Assert.Contains("AllowTcpForwarding", refused.Message, StringComparison.Ordinal);

        static SshHost Open(SshServer server) => new(SshAddress.Parse(server.Address)!, new SshOptions { ConfigurationFile = server.ConfigurationFile }, TimeProvider.System);
    }

    private static Task<Backup> BackUpAsync(BackupRoom room) => room.CreateAsync(new BackupRequest { BackupId = "20260301T020000000Z-0001" }, Token);

    private BackupRoom Room(string token = RaftServer.Token, SshHost? host = null)
    {
        var definition = new AppDefinition
        {
            Name = "app",
            Path = _folder["app.yaml"],
            Platform = new PlatformDefinition { Service = new ServiceDefinition { Directory = _folder.Path, Command = ["true"] } },
            Releases = new ReleasesDefinition { Folder = _folder.Path },
            Backups = [new BackupSourceDefinition { Raft = new RaftSourceDefinition { Name = "vault", Address = _address ??= _server.Address, Token = "env:TOKEN" } }],
        };
        return new BackupRoom(
            definition, host ?? (IHost)new LocalHost(), new Dictionary<string, IDatabase>(), NoDocker, _folder["backups"], TimeProvider.System, writers: null, new Given(token),
            dial: host is null ? null : host.DialAsync);
    }

    private static DockerClient NoDocker() => throw new NotSupportedException("no volume is declared");

    private sealed class Given(string token) : ISecretResolver
    {
        public Task<string> ResolveAsync(string reference, CancellationToken cancellationToken) => Task.FromResult(token);
    }
}
