using System.Diagnostics;
using System.Security.Cryptography;
using UpgradeOps.Engine.Hosts;
using UpgradeOps.Engine.Hosts.Ssh;

namespace UpgradeOps.Integration.Hosts;

/// <summary>What goes wrong between two machines.</summary>
public sealed class SshConnectionTests : IClassFixture<SshFixture>, IDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    private readonly SshFixture _fixture;
    private readonly TempFolder _folder = new();

    public SshConnectionTests(SshFixture fixture)
    {
        Needs.Parts(Part.Ssh);
        _fixture = fixture;
    }

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task Many_commands_cost_one_connection()
    {
        await using var server = await SshServer.StartAsync();
        await using var host = _fixture.Open(server);
        for (var i = 0; i < 20; i++)
            Assert.Equal($"{i}", (await host.RunAsync(new HostCommand("printf", $"{i}"), Token)).Output);
        await host.Files.WriteAtomicAsync(_folder["file"], "x"u8.ToArray(), 0x180, Token);

        Assert.Single(server.Connections());
        await host.DisposeAsync();
        await Until.TrueAsync(() => Task.FromResult(server.Connections().Count == 0), Patience, "the connection's end");
    }

    [Fact]
    public async Task An_unknown_host_key_is_never_taken()
    {
        var configuration = _fixture.Server.ConfigurationWith(_fixture.Server.KnownHosts, _folder["known"]);
        await using var host = _fixture.Open(configuration: configuration);

        var error = await RefusedAsync(ErrorIds.HostKeyUnknown, host);

        Assert.Contains($"ssh -p {_fixture.Server.Port}", error.Error.RecommendedAction);
        Assert.False(File.Exists(_folder["known"]));
    }

    [Fact]
    public async Task A_host_key_that_changed_is_told_as_such()
    {
        var configuration = _fixture.Server.ConfigurationWith(_fixture.Server.KnownHosts, await _fixture.Server.ForeignHostKeyAsync());
        await using var host = _fixture.Open(configuration: configuration);

        await RefusedAsync(ErrorIds.HostKeyChanged, host);
    }

    [Fact]
    public async Task A_refused_login_an_unreachable_host_and_an_account_without_a_shell_have_their_own_errors()
    {
        await Command.OutputAsync("ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-f", _folder["other"]);
        await using var stranger = _fixture.Open(configuration: _fixture.Server.ConfigurationWith(_fixture.Server.Key, _folder["other"]));
        await RefusedAsync(ErrorIds.HostLoginRefused, stranger);

        await using var nowhere = new SshHost(SshAddress.Parse($"ssh://127.0.0.1:{FreePort.Next()}")!, new SshOptions { ConfigurationFile = _fixture.Server.ConfigurationFile }, TimeProvider.System);
        Assert.Contains("refused", (await RefusedAsync(ErrorIds.HostUnreachable, nowhere)).Message);

        var noShell = await _fixture.Server.ForcedKeyAsync("echo no shell here");
        await using var closed = _fixture.Open(configuration: _fixture.Server.ConfigurationWith(_fixture.Server.Key, noShell));
        Assert.Contains("no shell", (await RefusedAsync(ErrorIds.HostUnreachable, closed)).Message);
    }

    [Fact]
    public async Task A_name_of_the_configuration_is_a_host()
    {
        await using var host = new SshHost(SshAddress.Parse("ssh://upgradeops-test-alias")!, new SshOptions { ConfigurationFile = _fixture.Server.ConfigurationFile }, TimeProvider.System);
        Assert.Equal("here", (await host.RunAsync(new HostCommand("printf", "here"), Token)).Output);
    }

    [Fact]
    public async Task A_question_is_asked_again_after_the_connection_was_cut()
    {
        await using var server = await SshServer.StartAsync();
        await using var host = _fixture.Open(server);
        var question = new HostCommand("sh", "-c", $"echo x >>'{_folder["asked"]}'; while [ $(wc -l <'{_folder["asked"]}') -lt 2 ]; do sleep 0.05; done; echo answer") { IsQuestion = true };
        var asking = host.RunAsync(question, Token);
        await WaitForAsync(_folder["asked"]);

        Assert.Equal(1, await server.CutAsync());

        Assert.Equal("answer\n", (await asking).Output);
        Assert.Equal(2, File.ReadAllLines(_folder["asked"]).Length);
    }

    [Fact]
    public async Task What_may_have_changed_something_is_not_repeated_and_does_not_run_on()
    {
        await using var server = await SshServer.StartAsync();
        await using var host = _fixture.Open(server);
        var doing = host.RunAsync(new HostCommand("sh", "-c", $"echo $$ >>'{_folder["done"]}'; sleep 300; echo end >>'{_folder["done"]}'"), Token);
        await WaitForAsync(_folder["done"]);
        var pid = int.Parse(File.ReadAllText(_folder["done"]));

        await server.CutAsync();
        var error = await Assert.ThrowsAsync<AppException>(() => doing);
        var next = await host.RunAsync(new HostCommand("printf", "next"), Token);

        Assert.Equal(ErrorIds.HostConnectionLost, error.ErrorId);
        Assert.Equal("next", next.Output);
        // The next connection has made sure of it before it asked anything.
        Assert.False(ProcessIdentity.Lives(pid));
        Assert.Single(File.ReadAllLines(_folder["done"]));
    }

    [Fact]
    public async Task A_connection_that_was_cut_while_nobody_used_it_is_not_noticed()
    {
        await using var server = await SshServer.StartAsync();
        await using var host = _fixture.Open(server);
        await host.RunAsync(new HostCommand("true"), Token);
        await server.CutAsync();
        await Task.Delay(TimeSpan.FromSeconds(1.2), Token);

        Assert.Equal("again", (await host.RunAsync(new HostCommand("printf", "again"), Token)).Output);
    }

    [Fact]
    public async Task A_cut_connection_is_never_the_end_of_an_input()
    {
        await using var server = await SshServer.StartAsync();
        await using var host = _fixture.Open(server);
        var source = new Dripping();
        var loading = host.StreamAsync(new HostCommand("sh", "-c", $"cat >'{_folder["got"]}'; echo whole >'{_folder["end"]}'"), source, null, Token);
        await Until.TrueAsync(() => Task.FromResult(File.Exists(_folder["got"]) && new FileInfo(_folder["got"]).Length > 100_000), Patience, "the first bytes", Token);

        await server.CutAsync();

        Assert.Equal(ErrorIds.HostConnectionLost, (await Assert.ThrowsAsync<AppException>(() => loading)).ErrorId);
        await host.RunAsync(new HostCommand("true"), Token);
        Assert.False(File.Exists(_folder["end"]));
    }

    [Fact]
    public async Task A_command_that_ends_without_all_its_input_is_followed_by_others()
    {
        await using var host = _fixture.Open();
        foreach (var length in new[] { 1, 1000, 100_000, 150_000, 3_000_000 })
        {
            var deaf = await host.StreamAsync(new HostCommand("sh", "-c", "exec <&-; sleep 0.2; exit 3"), new MemoryStream(new byte[length]), null, Token);
            Assert.Equal(3, deaf.ExitCode);
            Assert.Equal("next", (await host.RunAsync(new HostCommand("printf", "next"), Token).WaitAsync(Patience, Token)).Output);
        }
    }

    [Fact]
    public async Task A_read_file_that_is_cut_off_never_looks_whole()
    {
        await using var server = await SshServer.StartAsync();
        await using var host = _fixture.Open(server);
        using (var large = File.OpenHandle(_folder["large"], FileMode.CreateNew, FileAccess.Write))
            RandomAccess.SetLength(large, 1L << 31);
        await using var stream = await host.Files.OpenReadAsync(_folder["large"], Token);
        await stream.ReadExactlyAsync(new byte[1_000_000], Token);
        await server.CutAsync();

        var error = await Assert.ThrowsAsync<AppException>(() => stream.CopyToAsync(Stream.Null, Token));

        Assert.Equal(ErrorIds.HostConnectionLost, error.ErrorId);
        Assert.Equal("after", (await host.RunAsync(new HostCommand("printf", "after"), Token)).Output);
    }

    [Fact]
    public async Task A_host_that_is_away_for_a_while_is_waited_for()
    {
        await using var server = await SshServer.StartAsync();
        await using var host = _fixture.Open(server);
        await host.RunAsync(new HostCommand("true"), Token);
        await server.GoAwayAsync();
        var waiting = host.Files.StatAsync(_folder.Path, Token);
        await Task.Delay(TimeSpan.FromSeconds(1), Token);
        Assert.False(waiting.IsCompleted);

        await server.StartAgainAsync();

        Assert.True((await waiting)!.IsFolder);
    }

    [Fact]
    public async Task Secrets_of_the_environment_and_of_scripts_are_in_no_process_list()
    {
        await using var host = _fixture.Open();
        const string secret = "s3cret-of-the-test";
        var running = host.RunAsync(new HostCommand("sh", "-c", $"echo $$ >'{_folder["pid"]}'; while [ -f '{_folder["pid"]}' ]; do sleep 0.05; done; printf %s \"$PASSWORD\"") { Environment = new Dictionary<string, string> { ["PASSWORD"] = secret } }, Token);
        await WaitForAsync(_folder["pid"]);

        var processes = await Command.OutputAsync("ps", "axww", "-o", "args");
        File.Delete(_folder["pid"]);

        Assert.Equal(secret, (await running).Output);
        Assert.DoesNotContain(secret, processes);
    }

    [Fact]
    public async Task A_dump_of_64_MiB_is_the_same_on_both_sides()
    {
        await using var host = _fixture.Open();
        var bytes = RandomNumberGenerator.GetBytes(64 << 20);
        var clock = Stopwatch.StartNew();
        var sent = await host.StreamAsync(new HostCommand("sh", "-c", $"cat >'{_folder["dump"]}'"), new MemoryStream(bytes), null, Token);
        using var back = new MemoryStream();
        await host.StreamAsync(new HostCommand("cat", _folder["dump"]), null, back, Token);
        TestContext.Current.SendDiagnosticMessage($"64 MiB there and back in {clock.Elapsed.TotalSeconds:0.0} s");

        Assert.True(sent.Succeeded);
        Assert.Equal(SHA256.HashData(bytes), SHA256.HashData(back.ToArray()));
    }

    private async Task<AppException> RefusedAsync(string errorId, IHost host)
    {
        var error = await Assert.ThrowsAsync<AppException>(() => host.RunAsync(new HostCommand("touch", _folder["touched"]), Token));
        Assert.Equal(errorId, error.ErrorId);
        Assert.False(File.Exists(_folder["touched"]));
        return error;
    }

    private static Task WaitForAsync(string path) =>
        Until.TrueAsync(() => Task.FromResult(File.Exists(path) && new FileInfo(path).Length > 0), Patience, path, Token);

    /// <summary>Gives some, and then a little for ever.</summary>
    private sealed class Dripping : MemoryStream
    {
        private int _given;

        public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
        {
            if (_given > 400_000)
                await Task.Delay(50, cancellationToken);
            var count = Math.Min(buffer.Length, 50_000);
            _given += count;
            return count;
        }
    }
}
