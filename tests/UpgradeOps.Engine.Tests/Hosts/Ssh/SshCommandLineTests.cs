using UpgradeOps.Engine.Hosts;
using UpgradeOps.Engine.Hosts.Ssh;

namespace UpgradeOps.Engine.Tests.Hosts.Ssh;

/// <summary>What is started on this machine, whatever system it is.</summary>
public sealed class SshCommandLineTests
{
    [Theory]
    [InlineData("ssh://host", null, "host", null)]
    [InlineData("ssh://deploy@kmp.example.org:2222", "deploy", "kmp.example.org", 2222)]
    [InlineData("ssh://[fd00::1]:22", null, "fd00::1", 22)]
    [InlineData("ssh://me@[fd00::1]", "me", "fd00::1", null)]
    public void An_address_is_read_and_written(string text, string? user, string host, int? port)
    {
        var address = SshAddress.Parse(text);

        Assert.Equal(new SshAddress(user, host, port), address);
        Assert.Equal(text, address!.ToString());
    }

    [Theory]
    [InlineData("ssh://")]
    [InlineData("ssh://-oProxyCommand=touch")]
    [InlineData("ssh://-l@host")]
    [InlineData("ssh://@host")]
    [InlineData("ssh://host/folder")]
    [InlineData("ssh://host:0")]
    [InlineData("ssh://host:70000")]
    [InlineData("ssh://host:")]
    [InlineData("ssh://fd00::1")]
    [InlineData("ssh://a b")]
    [InlineData("ssh://$(id)")]
    [InlineData("ssh://a;b@host")]
    [InlineData("http://host")]
    public void What_is_no_address_is_refused(string text) => Assert.Null(SshAddress.Parse(text));

    [Fact]
    public void Nobody_is_asked_and_no_host_key_is_taken_unseen()
    {
        var arguments = SshCommandLine.Arguments(new SshAddress("deploy", "host", 2222), new SshOptions { ConfigurationFile = "/c" }, "exec sh");

        Assert.Equal(["-F", "/c", "-T"], arguments.Take(3));
        Assert.Equal(["-p", "2222", "-l", "deploy", "--", "host", "exec sh"], arguments.TakeLast(7));
        Assert.Contains("BatchMode=yes", arguments);
        Assert.Contains("ControlPath=none", arguments);
        Assert.DoesNotContain(arguments, a => a.Contains("StrictHostKeyChecking", StringComparison.OrdinalIgnoreCase));
    }

    [Fact]
    public void A_tunnel_tells_why_it_cannot_be_made()
    {
        var arguments = SshCommandLine.Forward(new SshAddress("deploy", "host", 2222), new SshOptions { ConfigurationFile = "/c" }, "::1", 8080);

        Assert.Equal(["-F", "/c", "-o", "LogLevel=INFO", "-W", "[::1]:8080"], arguments.Take(6));
        Assert.Equal(["-p", "2222", "-l", "deploy", "--", "host"], arguments.TakeLast(6));
        var refused = SshTunnel.Failure("Warning: x\r\nchannel 0: open failed: connect failed: Connection refused\r\nstdio forwarding failed\r\n");
        Assert.Equal("on the host: connect failed: Connection refused", refused.Message);
        var forbidden = SshTunnel.Failure("channel 0: open failed: administratively prohibited: open failed");
        Assert.Contains("from: runner", forbidden.Message);
        var lost = SshTunnel.Failure("Connection to host closed by remote host.\r\n");
        Assert.Contains("closed by remote host", lost.Message);

        // Only the last one is no word of the application's.
        Assert.Equal([false, false, true], new[] { refused, forbidden, lost }.Select(e => LostConnectionException.IsBehind(new HttpRequestException("x", e))));
    }

    [Fact]
    public void The_users_configuration_decides_what_the_address_leaves_open()
    {
        var arguments = SshCommandLine.Arguments(new SshAddress(null, "alias", null), new SshOptions(), "exec sh");

        Assert.DoesNotContain("-p", arguments);
        Assert.DoesNotContain("-l", arguments);
        Assert.DoesNotContain("-F", arguments);
    }

    [Fact]
    public void Windows_own_client_is_found_although_it_is_not_on_the_path()
    {
        const string own = @"C:\Windows\System32\OpenSSH\ssh.exe";
        static string? Variable(string name) => name == "SystemRoot" ? @"C:\Windows" : null;

        Assert.Equal(own, SshProgram.Choose(new SshOptions(), windows: true, _ => null, p => p == own, Variable));
        Assert.Equal("ssh", SshProgram.Choose(new SshOptions(), windows: true, _ => @"C:\Git\ssh.exe", _ => true, Variable));
        Assert.Equal("ssh", SshProgram.Choose(new SshOptions(), windows: true, _ => null, _ => false, Variable));
        Assert.Equal("ssh", SshProgram.Choose(new SshOptions(), windows: false, _ => null, _ => true, Variable));
        Assert.Equal("D:/ssh", SshProgram.Choose(SshOptions.From(n => n == "UPGRADEOPS_SSH" ? "D:/ssh" : null), windows: true, _ => null, _ => true, Variable));
    }

    [Fact]
    public void The_bootstrap_is_one_line_that_any_login_shell_reads_alike()
    {
        var line = RemoteProgram.Bootstrap("0123");

        Assert.DoesNotContain('\n', line);
        Assert.Equal(2, line.Count(c => c == '\''));
        // History expansion of csh; escapes of fish.
        Assert.DoesNotContain('!', line);
        Assert.DoesNotContain(@"\'", line);
    }
}
