using UpgradeOps.Engine.Archives;
using UpgradeOps.Engine.Hosts;
using UpgradeOps.Engine.Releases.Git;
using UpgradeOps.Engine.Releases.GitHub;
using UpgradeOps.Engine.Streams;

namespace UpgradeOps.Engine.Platforms.Service.Assets;

/// <summary>
/// Makes a folder on the application's host of an asset that is here and verified. It is read twice: once to know that nothing in it does harm and what the folder must hold, once to
/// send the host an archive of our own making, which its <c>tar</c> unpacks. What then lies there is compared with what was read here.
/// </summary>
internal sealed class AssetUnpacking(IHost host, ServicePaths paths, ChosenAsset chosen, string file, int strip, string? name)
{
    /// <summary>Room for logs, records and the file system's own needs beside the release.</summary>
    public const long Spare = 16 << 20;

    /// <summary>No program packs better than that; what seems to was made to fill disks.</summary>
    private const int Ratio = 100;

    private const long Least = 64 << 20;
    private const int Tries = 3;

    private const string Unpacker = """
        umask 022
        rm -rf -- "$1" && mkdir -- "$1" && tar -xf - -C "$1" || exit 1
        sync -f -- "$1" 2>/dev/null || sync
        """;

    private readonly PublishedContent _content = new(new PublishedArchive(file, ArchiveKinds.Of(chosen.Asset.Name), name), strip);

    private long Limit => Least + (Ratio * chosen.Asset.Size);

    /// <summary>Looks at all of it; nothing is written.</summary>
    /// <exception cref="AppException"><see cref="ErrorIds.ArchiveRefused"/>, or <see cref="ErrorIds.DiskTooFull"/> when the host has no room for it.</exception>
    public async Task<PublishedSummary> CheckAsync(CancellationToken cancellationToken)
    {
        var summary = await RefuseAsync(() => _content.CheckAsync(Limit, cancellationToken)).ConfigureAwait(false);
        var free = await host.Files.FreeSpaceAsync(paths.Releases, cancellationToken).ConfigureAwait(false);
        return free >= summary.Bytes + Spare ? summary : throw new AppException(
            ErrorIds.DiskTooFull, $"{chosen.Asset.Name} unpacks to {summary.Bytes} bytes and needs {summary.Bytes + Spare} below {paths.Releases} on {host.Address}, where {free} are free.", paths.Releases);
    }

    /// <param name="folder">Made anew.</param>
    public async Task UnpackAsync(string folder, PublishedSummary summary, CancellationToken cancellationToken)
    {
        for (var tries = 1; ; tries++)
        {
            try
            {
                await SendAsync(folder, cancellationToken).ConfigureAwait(false);
                break;
            }
            catch (AppException e) when (e.ErrorId == ErrorIds.HostConnectionLost && tries < Tries)
            {
                // The file is still here, and the folder is made anew.
            }
        }

        var there = await FolderDigest.ComputeAsync(host.Files, folder, cancellationToken).ConfigureAwait(false);
        if (there.Digest != summary.Digest)
            throw new AppException(ErrorIds.HostFileFailed, $"{folder} on {host.Address} does not hold what {chosen.Asset.Name} does: its digest is {there.Digest}, and must be {summary.Digest}.", folder, "Run the same command again; if it stays so, look for what else writes there.");
    }

    private async Task SendAsync(string folder, CancellationToken cancellationToken)
    {
        var command = new HostCommand("sh", "-c", Unpacker, "upgradeops-unpack", folder);
        CommandResult? result = null;
        await RefuseAsync(async () =>
        {
            await Relay.RunAsync(
                (output, token) => _content.WriteAsync(output, Limit, token),
                async (tar, token) => result = await host.StreamAsync(command, tar, null, token).ConfigureAwait(false),
                cancellationToken).ConfigureAwait(false);
            return true;
        }).ConfigureAwait(false);
        if (result is { Succeeded: true })
            return;
        var why = GitText.Line(result!.Error.Trim());
        throw new AppException(why.Contains("No space left", StringComparison.Ordinal) ? ErrorIds.DiskTooFull : ErrorIds.HostFileFailed, $"{chosen.Asset.Name} cannot be unpacked into {folder} on {host.Address}: {why}", folder);
    }

    private async Task<T> RefuseAsync<T>(Func<Task<T>> work)
    {
        try
        {
            return await work().ConfigureAwait(false);
        }
        catch (Exception e) when (e is InvalidDataException or EndOfStreamException)
        {
            throw new AppException(ErrorIds.ArchiveRefused, $"{chosen.Asset.Name} of release {chosen.Release.Tag} is not unpacked: {GitText.Line(e.Message.TrimEnd('.'))}.", chosen.Asset.Name, inner: e);
        }
    }
}
