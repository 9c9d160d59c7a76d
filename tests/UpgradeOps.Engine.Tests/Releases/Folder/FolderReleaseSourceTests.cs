using UpgradeOps.Engine.Apps.Definition;
using UpgradeOps.Engine.Hosts.Local;
using UpgradeOps.Engine.Releases.Folder;
using UpgradeOps.Engine.Tests.Releases.Doubles;

namespace UpgradeOps.Engine.Tests.Releases.Folder;

public sealed class FolderReleaseSourceTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("upgradeops-releases-").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public async Task Lists_the_folders_that_are_versions_newest_first()
    {
        Make("1.9.0", "v1.10.0", "1.10.0-rc.1", "tools", ".1.11.0");
        File.WriteAllText(Path.Combine(_folder, "2.0.0"), "no folder");
        Directory.CreateSymbolicLink(Path.Combine(_folder, "3.0.0"), Path.Combine(_folder, "1.9.0"));
        var releases = await Open().ListAsync(default);
        Assert.Equal(["v1.10.0", "1.10.0-rc.1", "1.9.0"], releases.Select(r => r.Version));
        Assert.All(releases, r => Assert.Equal(("demo", _folder), (r.Name, r.Source)));
    }

    [Theory]
    [InlineData("1.1.0", null, "1.1.0", null)]
    [InlineData("v1.1.0", null, "1.1.0", null)]
    [InlineData("1.2.0", null, "v1.2.0", null)]
    [InlineData("tools", null, "tools", null)]
    [InlineData("1.3.0+b1", null, "1.3.0+b1", null)]
    [InlineData(null, "stable", "1.3.0+b1", "stable")]
    [InlineData(null, "exact", "1.1.0", "exact")]
    [InlineData(null, "candidates", "2.0.0-rc.1", "candidates")]
    [InlineData(null, null, "1.3.0+b1", null)]
    public async Task Finds_versions_and_channels(string? version, string? channel, string tag, string? through)
    {
        Make("1.1.0", "v1.2.0", "1.3.0+b1", "2.0.0-rc.1", "tools");
        var release = await Open().ResolveAsync(version, channel, default);
        Assert.Equal((tag, through), (release.Tag, release.Channel));
        Assert.StartsWith("sha256:", release.Digest, StringComparison.Ordinal);
        Assert.Equal(release.Tag.Length, release.SizeBytes);
    }

    [Fact]
    public async Task A_folder_named_latest_is_the_channel_latest()
    {
        Make("1.1.0", "latest");
        Assert.Equal("latest", (await Open().ResolveAsync(null, "stable", default)).Tag);
    }

    [Fact]
    public async Task What_is_not_there_is_told_with_what_is()
    {
        Make("1.1.0", "1.2.0");
        await Expect.ErrorAsync(ErrorIds.ReleaseNotFound, () => Open().ResolveAsync("1.1.1", null, default), _folder, "no version '1.1.1'", "1.1.0, 1.2.0");
        await Expect.ErrorAsync(ErrorIds.ChannelUnknown, () => Open().ResolveAsync(null, "beta", default), "candidates, exact, stable");
        await Expect.ErrorAsync(ErrorIds.ReleaseNotFound, () => Open(Path.Combine(_folder, "none")).ListAsync(default), "there is no folder");
    }

    [Fact]
    public async Task A_folder_may_be_reached_through_a_link()
    {
        Make("real/1.0.0");
        var link = Path.Combine(_folder, "link");
        Directory.CreateSymbolicLink(link, Path.Combine(_folder, "real"));
        Assert.Single(await Open(link).ListAsync(default));
    }

    private void Make(params string[] names)
    {
        foreach (var name in names)
            File.WriteAllText(Path.Combine(Directory.CreateDirectory(Path.Combine(_folder, name)).FullName, "app"), name);
    }

    private FolderReleaseSource Open(string? folder = null) => new("demo", new ReleasesDefinition
    {
        Folder = folder ?? _folder,
        Channels = new Dictionary<string, string> { ["stable"] = "latest", ["exact"] = "1.1.0", ["candidates"] = "*-rc*" },
    }, folder ?? _folder, new LocalFiles());
}
