using UpgradeOps.Engine.Hosts;
using UpgradeOps.Engine.Hosts.Local;
using UpgradeOps.Engine.Platforms.Service.Builds;
using UpgradeOps.Engine.Tests.Hosts;

namespace UpgradeOps.Engine.Tests.Service;

/// <summary>To whom the files of a build are given, and with which modes.</summary>
public sealed class BuildOwnerTests : IDisposable
{
    private const string Nobody = "65534";

    private readonly TempFolder _folder = new();
    private readonly LocalHost _host = new();

    public BuildOwnerTests() => Assert.SkipUnless(!OperatingSystem.IsWindows() && Environment.IsPrivilegedProcess, "Only root can give files away.");

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData("nobody:daemon", "nobody:daemon")]
    [InlineData("nobody", "nobody:root")]
    public async Task Everything_in_the_release_is_theirs_and_nothing_that_a_link_points_to(string owner, string theirs)
    {
        Write("live", 0b110_000_000);
        Write("tree/bin/tool", 0b111_111_111);
        Write("tree/web/a b/page", 0b110_000_000);
        Write("tree/plain", 0b110_100_000);
        File.CreateSymbolicLink(At("tree/web/link"), At("live"));
        Directory.CreateDirectory(At("releases"));
        var copied = await _host.RunAsync(
            BuildScripts.Copy(At("lock"), At("tree"), At("releases/.new"), owner, ["bin/tool", "bin/", "0750", "web", "static", "644", "plain", "plain", ""]), Token);
        Assert.True(copied.Succeeded, copied.Error);

        Assert.Equal(
            [$". {theirs} 755", $"bin {theirs} 755", $"bin/tool {theirs} 750", $"plain {theirs} 640", $"static {theirs} 755", $"static/a b {theirs} 755", $"static/a b/page {theirs} 644", $"static/link {theirs} 777"],
            await ListAsync("releases/.new"));
        Assert.Equal([". root:root 600"], await ListAsync("live"));
        Assert.Equal(["bin root:root 755", "bin/tool root:root 777"], (await ListAsync("tree")).Where(l => l.StartsWith("bin", StringComparison.Ordinal)));
    }

    [Fact]
    public async Task Whether_they_can_be_given_is_tried_before_anything_is_built()
    {
        foreach (var owner in (string[])["nobody", "nobody:daemon", "root:root"])
            Assert.True((await MayAsync(owner)).Succeeded, owner);
        foreach (var (owner, why) in new[] { ("no-such-user", "invalid user"), ("no-such-user:daemon", "invalid user"), ("nobody:no-such-group", "invalid group") })
            Assert.Contains(why, Assert.Single([await MayAsync(owner)], r => !r.Succeeded).Error, StringComparison.Ordinal);

        // Another user can give files to nobody but itself.
        foreach (var (owner, may) in new[] { ("nobody", true), ("nobody:nogroup", true), ("daemon", false), ("nobody:daemon", false), ("root", false) })
        {
            var result = await MayAsync(owner, Nobody);
            Assert.True(result.Succeeded == may && (may || result.Error.Contains("not permitted", StringComparison.Ordinal)), $"{owner}: {result.ExitCode} {result.Error}");
        }

        Assert.Empty(Directory.GetFiles(Path.GetTempPath(), "upgradeops-owner.*"));
    }

    public void Dispose() => _folder.Dispose();

    private Task<CommandResult> MayAsync(string owner, string? user = null)
    {
        var command = BuildScripts.MayGive(owner);
        if (user is not null)
            command = new HostCommand("setpriv", [$"--reuid={user}", $"--regid={user}", "--clear-groups", command.FileName, .. command.Arguments]);
        return _host.RunAsync(command with { Environment = new Dictionary<string, string> { ["LC_ALL"] = "C" } }, Token);
    }

    private async Task<IReadOnlyList<string>> ListAsync(string path)
    {
        var found = await _host.RunAsync(new HostCommand("find", At(path), "-printf", "%P %u:%g %m\\n"), Token);
        return [.. found.Output.Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(l => l.StartsWith(' ') ? $".{l}" : l).Order(StringComparer.Ordinal)];
    }

    private string At(string path) => Path.Combine(_folder.Path, path);

    private void Write(string path, int mode)
    {
        Directory.CreateDirectory(Path.GetDirectoryName(At(path))!);
        File.WriteAllText(At(path), "x");
        File.SetUnixFileMode(At(path), (UnixFileMode)mode);
    }
}
