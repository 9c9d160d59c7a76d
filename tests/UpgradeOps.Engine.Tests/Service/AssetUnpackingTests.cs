using System.Formats.Tar;
using System.IO.Compression;
using UpgradeOps.Engine.Hosts;
using UpgradeOps.Engine.Hosts.Local;
using UpgradeOps.Engine.Platforms.Service;
using UpgradeOps.Engine.Platforms.Service.Assets;
using UpgradeOps.Engine.Releases.GitHub;
using UpgradeOps.Engine.Tests.Hosts;
using UpgradeOps.Engine.Tests.Releases.Doubles;

namespace UpgradeOps.Engine.Tests.Service;

/// <summary>From a verified asset to a folder on a host whose connection breaks off, and on one whose folder is not what was sent.</summary>
public sealed class AssetUnpackingTests : IDisposable
{
    private readonly TempFolder folder = new();

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    private string Staging => folder["releases/.staging-op"];

    public void Dispose() => folder.Dispose();

    [Theory]
    [InlineData(0)]
    [InlineData(2)]
    public async Task A_connection_that_is_lost_on_the_way_does_no_harm(int losses)
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "tar of Unix");
        var host = new BreakingHost { Losses = losses };
        var unpacking = Open(host);
        var summary = await unpacking.CheckAsync(Token);
        await unpacking.UnpackAsync(Staging, summary, Token);
        Assert.Equal(losses + 1, host.Sent);
        Assert.Equal(["data", "run"], Directory.GetFiles(Staging).Select(Path.GetFileName).Order(StringComparer.Ordinal));
        Assert.Equal(4 << 20, new FileInfo(Path.Combine(Staging, "data")).Length);
    }

    [Fact]
    public async Task One_that_is_lost_again_and_again_is_told()
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "tar of Unix");
        var host = new BreakingHost { Losses = 9 };
        var unpacking = Open(host);
        var summary = await unpacking.CheckAsync(Token);
        await Expect.ErrorAsync(ErrorIds.HostConnectionLost, () => unpacking.UnpackAsync(Staging, summary, Token));
        Assert.Equal(3, host.Sent);
    }

    [Fact]
    public async Task What_is_not_what_was_sent_is_refused()
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "tar of Unix");
        var unpacking = Open(new BreakingHost { After = () => File.AppendAllText(Path.Combine(Staging, "run"), "rm -rf /\n") });
        var summary = await unpacking.CheckAsync(Token);
        await Expect.ErrorAsync(ErrorIds.HostFileFailed, () => unpacking.UnpackAsync(Staging, summary, Token), "does not hold what notes.tar.gz does");
    }

    private AssetUnpacking Open(IHost host)
    {
        Directory.CreateDirectory(folder["releases"]);
        var file = folder["asset"];
        using (var gzip = new GZipStream(File.Create(file), CompressionLevel.Fastest))
        using (var tar = new TarWriter(gzip))
        {
            var random = new byte[4 << 20];
            new Random(1).NextBytes(random);
            tar.WriteEntry(new PaxTarEntry(TarEntryType.RegularFile, "run") { Mode = (UnixFileMode)0b111_101_101, DataStream = new MemoryStream("#!/bin/sh\n"u8.ToArray()) });
            tar.WriteEntry(new PaxTarEntry(TarEntryType.RegularFile, "data") { DataStream = new MemoryStream(random) });
        }

        var chosen = new ChosenAsset(new GitHubRelease("v1.0.0", false, null, null, null, []), new GitHubAsset(1, "notes.tar.gz", new FileInfo(file).Length, null), [], null);
        return new AssetUnpacking(host, new ServicePaths(folder.Path), chosen, file, 0, null);
    }

    /// <summary>This machine, as it is seen through a connection that breaks off in the middle of what is sent.</summary>
    private sealed class BreakingHost : IHost
    {
        private readonly LocalHost host = new();

        public int Losses { get; set; }

        public int Sent { get; private set; }

        public Action? After { get; init; }

        public string Address => "ssh://test";

        public IHostFiles Files => host.Files;

        public Task<CommandResult> RunAsync(HostCommand command, CancellationToken cancellationToken) => host.RunAsync(command, cancellationToken);

        public async Task<CommandResult> StreamAsync(HostCommand command, Stream? input, Stream? output, CancellationToken cancellationToken)
        {
            Sent++;
            if (Losses-- > 0)
            {
                var half = new byte[1 << 20];
                await input!.ReadExactlyAsync(half, cancellationToken);
                await host.StreamAsync(command, new MemoryStream(half), output, cancellationToken);
                throw new AppException(ErrorIds.HostConnectionLost, "The connection is lost.", Address);
            }

            var result = await host.StreamAsync(command, input, output, cancellationToken);
            After?.Invoke();
            return result;
        }

        public ValueTask DisposeAsync() => host.DisposeAsync();
    }
}
