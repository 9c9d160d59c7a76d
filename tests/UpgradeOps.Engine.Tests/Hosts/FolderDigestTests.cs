using UpgradeOps.Engine.Hosts;
using UpgradeOps.Engine.Hosts.Local;

namespace UpgradeOps.Engine.Tests.Hosts;

public sealed class FolderDigestTests : IDisposable
{
    private readonly TempFolder folder = new();
    private readonly LocalFiles files = new();

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    public void Dispose() => folder.Dispose();

    [Fact]
    public async Task A_copy_has_the_digest_of_its_original()
    {
        Fill();
        await files.CopyFolderAsync(folder["release"], folder["copy"], Token);
        File.SetLastWriteTimeUtc(folder["copy/app"], DateTime.UnixEpoch);

        var original = await DigestAsync("release");

        Assert.Equal(original, await DigestAsync("copy"));
        Assert.Equal(7, original.SizeBytes);
        Assert.Matches("^sha256:[0-9a-f]{64}$", original.Digest);
    }

    [Fact]
    public async Task The_digest_of_an_empty_folder_is_that_of_nothing() =>
        Assert.Equal("sha256:e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855", (await DigestAsync(".")).Digest);

    public static TheoryData<string, Action<TempFolder>> Changes => new()
    {
        { "a byte", f => f.Write("release/app", "apq") },
        { "a name", f => File.Move(f["release/app"], f["release/apq"]) },
        { "an empty folder", f => Directory.CreateDirectory(f["release/empty"]) },
        { "a link's target", f => { File.Delete(f["release/link"]); File.CreateSymbolicLink(f["release/link"], "elsewhere"); } },
        { "a link made a file", f => { File.Delete(f["release/link"]); f.Write("release/link", "app"); } },
        { "an executable bit", f => File.SetUnixFileMode(f["release/app"], UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute) },
        { "a file moved into a folder", f => File.Move(f["release/app"], f["release/lib/app"]) },
    };

    [Theory]
    [MemberData(nameof(Changes))]
    public async Task Any_change_changes_it(string what, Action<TempFolder> change)
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "Windows has no modes.");
        Fill();
        var before = await DigestAsync("release");

        change(folder);

        Assert.False(before.Digest == (await DigestAsync("release")).Digest, $"{what} was not seen");
    }

    private void Fill()
    {
        folder.Write("release/app", "app");
        folder.Write("release/lib/one", "1234");
        File.CreateSymbolicLink(folder["release/link"], "app");
    }

    private Task<FolderContent> DigestAsync(string name) => FolderDigest.ReadAsync(files, Path.GetFullPath(folder[name]), Token);
}
