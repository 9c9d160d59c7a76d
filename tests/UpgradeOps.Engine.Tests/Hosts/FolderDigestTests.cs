using UpgradeOps.Engine.Hosts;
using UpgradeOps.Engine.Hosts.Local;

namespace UpgradeOps.Engine.Tests.Hosts;

public sealed class FolderDigestTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("upgradeops-digest-").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    /// <summary>The digest of a known folder, so that another release of ours finds the same: computed with sha256sum over the listing.</summary>
    [Fact]
    public async Task Is_what_it_always_was()
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "Windows has no executable files");
        var (digest, size) = await DigestAsync(Fill("a"));
        Assert.Equal(9, size);
        Assert.Equal("sha256:83f4d9924038489d375e34c9baf58aee4a195a824f8b20a3742574e0b755d219", digest);
    }

    [Fact]
    public async Task Is_equal_for_copies_made_at_another_time_under_another_umask()
    {
        var first = Fill("a");
        var second = Fill("b");
        File.SetLastWriteTimeUtc(Path.Combine(second, "app"), DateTime.UnixEpoch);
        if (!OperatingSystem.IsWindows())
            File.SetUnixFileMode(Path.Combine(second, "lib", "data"), UnixFileMode.UserRead);
        Assert.Equal(await DigestAsync(first), await DigestAsync(second));
    }

    [Theory]
    [InlineData("byte")]
    [InlineData("name")]
    [InlineData("executable")]
    [InlineData("link")]
    [InlineData("folder")]
    [InlineData("moved")]
    public async Task Shows_every_change_that_matters(string change)
    {
        Assert.SkipWhen(OperatingSystem.IsWindows() && change is "executable" or "link", "needs a Unix file system");
        var before = (await DigestAsync(Fill("a"))).Digest;
        var folder = Fill("b");
        var data = Path.Combine(folder, "lib", "data");
        switch (change)
        {
            case "byte": File.WriteAllText(data, "datA"); break;
            case "name": File.Move(data, Path.Combine(folder, "lib", "date")); break;
            case "executable": File.SetUnixFileMode(data, UnixFileMode.UserRead | UnixFileMode.UserExecute); break;
            case "link": File.Delete(Path.Combine(folder, "link")); File.CreateSymbolicLink(Path.Combine(folder, "link"), "app"); break;
            case "folder": Directory.CreateDirectory(Path.Combine(folder, "empty")); break;
            default: File.Move(data, Path.Combine(folder, "data")); break;
        }
        Assert.NotEqual(before, (await DigestAsync(folder)).Digest);
    }

    [Fact]
    public async Task Names_cannot_forge_a_listing()
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "Windows refuses such names");
        var one = Directory.CreateDirectory(Path.Combine(_folder, "one")).FullName;
        var two = Directory.CreateDirectory(Path.Combine(_folder, "two")).FullName;
        Directory.CreateDirectory(Path.Combine(one, "a"));
        Directory.CreateDirectory(Path.Combine(one, "b"));
        Directory.CreateDirectory(Path.Combine(two, "a\nd b"));
        Assert.NotEqual(await DigestAsync(one), await DigestAsync(two));
    }

    private static Task<FolderDigest> DigestAsync(string folder) => FolderDigest.ComputeAsync(new LocalFiles(), folder, default);

    private string Fill(string name)
    {
        var folder = Directory.CreateDirectory(Path.Combine(_folder, name)).FullName;
        File.WriteAllText(Path.Combine(folder, "app"), "hello");
        File.WriteAllText(Path.Combine(Directory.CreateDirectory(Path.Combine(folder, "lib")).FullName, "data"), "data");
        if (!OperatingSystem.IsWindows())
        {
            File.SetUnixFileMode(Path.Combine(folder, "app"), UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
            File.CreateSymbolicLink(Path.Combine(folder, "link"), "lib/data");
        }
        return folder;
    }
}
