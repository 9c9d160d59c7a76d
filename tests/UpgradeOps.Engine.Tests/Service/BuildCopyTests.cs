using UpgradeOps.Engine.Hosts;
using UpgradeOps.Engine.Hosts.Local;
using UpgradeOps.Engine.Platforms.Service.Builds;
using UpgradeOps.Engine.Tests.Hosts;

namespace UpgradeOps.Engine.Tests.Service;

/// <summary>What a build made is copied as it is: a link stays a link, and leads nobody out of the tree or into what is live.</summary>
public sealed class BuildCopyTests : IDisposable
{
    private const UnixFileMode Private = UnixFileMode.UserRead | UnixFileMode.UserWrite;

    private readonly TempFolder _folder = new();

    public BuildCopyTests() => Assert.SkipWhen(OperatingSystem.IsWindows(), "Builds run in a POSIX shell.");

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    private string Out => At("releases/.new");

    [Fact]
    public async Task Nothing_is_written_through_a_link_of_an_earlier_part()
    {
        Write("shared/public/live", "live");
        Link("tree/dist/public", "../../shared/public");
        Write("tree/assets/live", "built");
        Write("tree/other/public/live", "built");
        Write("tree/plain", "built");
        foreach (var second in (string[][])[["assets", "public/assets", "0644"], ["assets", "public", "0644"], ["other", ".", "0644"], ["plain", "public/live", ""], ["plain", "public/", ""]])
        {
            var copied = await CopyAsync(["dist", ".", "", .. second]);
            Assert.True(copied.ExitCode == BuildScripts.LedElsewhere, $"{string.Join(' ', second)}: {copied.ExitCode} {copied.Error}");
            Assert.Contains("'public'", copied.Error, StringComparison.Ordinal);
            Assert.Equal(["live"], Directory.GetFileSystemEntries(At("shared/public")).Select(Path.GetFileName));
            Assert.Equal(("live", Private), (Read("shared/public/live"), File.GetUnixFileMode(At("shared/public/live"))));
        }
    }

    [Fact]
    public async Task A_file_takes_the_place_of_a_link_and_what_the_link_points_to_stays()
    {
        Write("shared/settings", "live");
        Link("tree/dist/settings", "../../shared/settings");
        Link("tree/dist/kept", "../../shared/settings");
        Write("tree/more/settings", "built");
        foreach (var second in (string[][])[["more", ".", "0644"], ["more/settings", "settings", "0644"]])
        {
            var copied = await CopyAsync(["dist", ".", "", .. second]);
            Assert.True(copied.Succeeded, copied.Error);
            Assert.Equal(("built", "live", Private), (Read("releases/.new/settings"), Read("shared/settings"), File.GetUnixFileMode(At("shared/settings"))));
            Assert.Equal((null, "../../shared/settings"), (new FileInfo(Path.Combine(Out, "settings")).LinkTarget, new FileInfo(Path.Combine(Out, "kept")).LinkTarget));
        }
    }

    [Fact]
    public async Task A_mode_is_not_given_to_what_a_copied_link_points_to()
    {
        Write("secret", "x");
        Link("tree/bin/tool", At("secret"));
        Assert.True((await CopyAsync(["bin/tool", "bin/", "0755", "bin", "all", "0755"])).Succeeded);
        Assert.Equal(Private, File.GetUnixFileMode(At("secret")));
        Assert.Equal(At("secret"), new FileInfo(Path.Combine(Out, "bin/tool")).LinkTarget);
    }

    [Theory]
    [InlineData("outside")]
    [InlineData("outside/deep")]
    [InlineData("outside/secret")]
    public async Task What_a_link_brings_from_outside_the_tree_is_refused(string from)
    {
        Write("private/secret", "x");
        Write("private/deep/secret", "x");
        Link("tree/outside", "../private");
        var copied = await CopyAsync([from, "copied", ""]);
        Assert.True(copied.ExitCode == BuildScripts.LedElsewhere, $"{copied.ExitCode} {copied.Error}");
        Assert.Contains($"'{from}' leads out of the built tree", copied.Error, StringComparison.Ordinal);
        Assert.Empty(Directory.GetFileSystemEntries(Out));
    }

    [Fact]
    public async Task Links_within_the_tree_and_parts_in_one_folder_are_fine()
    {
        Write("tree/build-1/a b/page", "1");
        Link("tree/latest", "build-1");
        Write("tree/second/a b/more", "2");
        Write("tree/tool", "3");
        var copied = await CopyAsync(["latest", ".", "", "second", "./", "0600", "tool", "bin/", "0755", "tool", "bin", "", "tool", "run", ""]);
        Assert.True(copied.Succeeded, copied.Error);
        Assert.Equal(("1", "2", "3", "3"), (Read("releases/.new/a b/page"), Read("releases/.new/a b/more"), Read("releases/.new/bin/tool"), Read("releases/.new/run")));
    }

    public void Dispose() => _folder.Dispose();

    private async Task<CommandResult> CopyAsync(IReadOnlyList<string> parts)
    {
        Directory.CreateDirectory(At("releases"));
        await using var host = new LocalHost();
        return await host.RunAsync(BuildScripts.Copy(At("lock"), At("tree"), Out, null, parts), Token);
    }

    private string At(string path) => Path.Combine(_folder.Path, path);

    private string Read(string path) => File.ReadAllText(At(path));

    private void Write(string path, string text)
    {
        Directory.CreateDirectory(Path.GetDirectoryName(At(path))!);
        File.WriteAllText(At(path), text);
        File.SetUnixFileMode(At(path), Private);
    }

    private void Link(string path, string target)
    {
        Directory.CreateDirectory(Path.GetDirectoryName(At(path))!);
        File.CreateSymbolicLink(At(path), target);
    }
}
