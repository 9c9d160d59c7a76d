using UpgradeOps.Engine.Hosts;
using UpgradeOps.Engine.Operations;
using UpgradeOps.Engine.Platforms.Service;

namespace UpgradeOps.Engine.Updates.Rehearsing;

/// <summary>
/// The folder of a rehearsal's copy. A mark in it says that it is one: an application may have a folder of that name itself, and nothing of
/// that is ever removed.
/// </summary>
internal sealed class ScratchFolder(IHost host, string path)
{
    private const string Mark = ".upgradeops-rehearsal";

    public static ScratchFolder Of(AppRooms live) => new(live.Host, ScratchDefinition.Folder(live.Definition));

    /// <returns>False for one that no rehearsal made.</returns>
    public async Task<bool> IsOursAsync(CancellationToken cancellationToken)
    {
        if (await host.Files.StatAsync(path, cancellationToken).ConfigureAwait(false) is not { } there)
            return true;
        // An empty one may be what a killed rehearsal made just before it marked it; there is nothing to lose.
        return there.IsFolder
            && (await host.Files.ListAsync(path, cancellationToken).ConfigureAwait(false) is { Count: 0 }
                || await host.Files.StatAsync(HostPath.Join(path, Mark), cancellationToken).ConfigureAwait(false) is not null);
    }

    /// <exception cref="AppException"><see cref="ErrorIds.RehearsalFolderTaken"/>.</exception>
    public async Task RefuseForeignAsync(CancellationToken cancellationToken)
    {
        if (!await IsOursAsync(cancellationToken).ConfigureAwait(false))
            throw new AppException(ErrorIds.RehearsalFolderTaken, $"{path} is there and was not made by a rehearsal: nothing of it is touched.", path);
    }

    public async Task CreateAsync(CancellationToken cancellationToken)
    {
        await host.Files.CreateFolderAsync(path, HostModes.PrivateFolder, cancellationToken).ConfigureAwait(false);
        await (await host.Files.CreateAsync(HostPath.Join(path, Mark), HostModes.PrivateFile, cancellationToken).ConfigureAwait(false)).DisposeAsync().ConfigureAwait(false);
        await host.Files.CreateFolderAsync(new ServicePaths(path).Shared, HostModes.PrivateFolder, cancellationToken).ConfigureAwait(false);
    }

    /// <summary>The mark last: what is left of a removal that was cut off is known as well.</summary>
    public async Task RemoveAsync(CancellationToken cancellationToken)
    {
        foreach (var entry in (await host.Files.ListAsync(path, cancellationToken).ConfigureAwait(false)).Where(e => e.Name != Mark))
            await host.Files.DeleteAsync(entry.Path, cancellationToken).ConfigureAwait(false);
        await host.Files.DeleteAsync(path, cancellationToken).ConfigureAwait(false);
    }
}
