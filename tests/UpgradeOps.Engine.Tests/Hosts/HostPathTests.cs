using UpgradeOps.Engine.Hosts;

namespace UpgradeOps.Engine.Tests.Hosts;

/// <summary>Paths of an SSH host are read alike by a client on any system: none of these goes through System.IO.Path.</summary>
public sealed class HostPathTests
{
    [Theory]
    [InlineData("/srv/app", "releases", "/srv/app/releases")]
    [InlineData("/", "srv", "/srv")]
    [InlineData("/srv/app/", "x y", "/srv/app/x y")]
    [InlineData("/srv/app", "/etc/x", "/etc/x")]
    [InlineData("/srv/app", @"a\b:c", @"/srv/app/a\b:c")]
    public void Join(string folder, string path, string joined) => Assert.Equal(joined, HostPath.Join(folder, path));

    [Theory]
    [InlineData("/srv/app", "../shared/./data/", "/srv/shared/data")]
    [InlineData("/srv/app", "/etc//x/", "/etc/x")]
    [InlineData("/srv/app", "../../../..", "/")]
    [InlineData("/srv/app", @"C:\x", @"/srv/app/C:\x")]
    [InlineData("/srv/app", "-rf\n'", "/srv/app/-rf\n'")]
    public void Absolute(string folder, string path, string absolute) => Assert.Equal(absolute, HostPath.Absolute(path, folder));

    [Theory]
    [InlineData("/srv/app", "/srv/app/releases/1.0", "releases/1.0")]
    [InlineData("/srv/app", "/srv/other", "../other")]
    [InlineData("/srv/app", "/srv/app", ".")]
    [InlineData("/srv/app", "/srv/apple", "../apple")]
    public void Relative(string folder, string path, string relative) => Assert.Equal(relative, HostPath.Relative(folder, path));

    [Theory]
    [InlineData("/srv/a b", "a b", "/srv")]
    [InlineData("/srv", "srv", "/")]
    [InlineData("/", "", null)]
    [InlineData(@"/srv/a\b", @"a\b", "/srv")]
    public void Name_and_parent(string path, string name, string? parent) => Assert.Equal((name, parent), (HostPath.Name(path), HostPath.Parent(path)));
}
