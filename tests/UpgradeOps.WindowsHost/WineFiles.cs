using UpgradeOps.Engine.Hosts;

namespace UpgradeOps.WindowsHost;

/// <summary>
/// Files under Wine. Links to folders are made and removed by Linux' own programs, which Wine can start; what they lead to, Windows' own functions tell. All else is
/// what Windows would be told.
/// </summary>
internal sealed class WineFiles(IHostFiles inner) : IHostFiles
{
    public async Task<HostFile?> StatAsync(string path, CancellationToken cancellationToken) => Seen(await inner.StatAsync(path, cancellationToken));

    public async Task<IReadOnlyList<HostFile>> ListAsync(string path, CancellationToken cancellationToken) => [.. (await inner.ListAsync(path, cancellationToken)).Select(f => Seen(f)!)];

    public async Task LinkAsync(string path, string target, CancellationToken cancellationToken)
    {
        if (await StatAsync(path, cancellationToken) is { LinkTarget: null })
            throw new AppException(ErrorIds.HostFileFailed, $"{path} exists and is no link.", path);
        var absolute = Path.GetFullPath(target, Path.GetDirectoryName(path)!);
        // Beside it and renamed over it: at once, as on Linux.
        UnixProgram.Run("sh", "-c", "ln -sfn -- \"$1\" \"$2.new\" && mv -fT -- \"$2.new\" \"$2\"", "link", UnixProgram.PathOf(absolute), UnixProgram.PathOf(path));
        await UntilAsync(() => WineLink.TargetOf(path) is { } now && now.Equals(absolute, StringComparison.OrdinalIgnoreCase), path, cancellationToken);
    }

    public async Task DeleteAsync(string path, CancellationToken cancellationToken)
    {
        if (await StatAsync(path, cancellationToken) is not { LinkTarget: not null })
        {
            await inner.DeleteAsync(path, cancellationToken);
            return;
        }

        UnixProgram.Run("rm", "-f", "--", UnixProgram.PathOf(path));
        await UntilAsync(() => !Path.Exists(path), path, cancellationToken);
    }

    public Task<byte[]?> ReadAsync(string path, CancellationToken cancellationToken) => inner.ReadAsync(path, cancellationToken);

    public Task<Stream> OpenReadAsync(string path, long from, CancellationToken cancellationToken) => inner.OpenReadAsync(path, from, cancellationToken);

    public Task<Stream> CreateAsync(string path, int mode, CancellationToken cancellationToken) => inner.CreateAsync(path, mode, cancellationToken);

    public Task WriteAtomicAsync(string path, ReadOnlyMemory<byte> bytes, int mode, CancellationToken cancellationToken) => inner.WriteAtomicAsync(path, bytes, mode, cancellationToken);

    public Task CreateFolderAsync(string path, int mode, CancellationToken cancellationToken) => inner.CreateFolderAsync(path, mode, cancellationToken);

    public Task CopyFolderAsync(string from, string to, CancellationToken cancellationToken) => inner.CopyFolderAsync(from, to, cancellationToken);

    public Task RenameAsync(string from, string to, CancellationToken cancellationToken) => inner.RenameAsync(from, to, cancellationToken);

    public Task<long> FreeSpaceAsync(string path, CancellationToken cancellationToken) => inner.FreeSpaceAsync(path, cancellationToken);

    private static HostFile? Seen(HostFile? file) =>
        file is { IsFolder: true } && WineLink.TargetOf(file.Path) is { } target ? file with { IsFolder = false, Size = 0, LinkTarget = target } : file;

    private static async Task UntilAsync(Func<bool> isSo, string path, CancellationToken cancellationToken)
    {
        for (var attempt = 0; !isSo(); attempt++)
        {
            if (attempt == 500)
                throw new AppException(ErrorIds.HostFileFailed, $"{path} did not become what it should.", path);
            await Task.Delay(10, cancellationToken);
        }
    }
}
