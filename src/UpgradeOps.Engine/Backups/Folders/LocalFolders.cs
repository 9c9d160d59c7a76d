using UpgradeOps.Engine.Backups.Archives;
using UpgradeOps.Engine.Backups.Restore;
using UpgradeOps.Engine.Hosts.Durable;

namespace UpgradeOps.Engine.Backups.Folders;

/// <summary>Folders of this machine.</summary>
internal sealed class LocalFolders : IFolders
{
    public Task<bool> ExistsAsync(string folder, CancellationToken cancellationToken) => Task.FromResult(Directory.Exists(folder));

    public Task<bool> IsFreeAsync(string path, CancellationToken cancellationToken) => Task.FromResult(!Directory.Exists(path) && !File.Exists(path));

    public Task<long?> SizeAsync(string folder, CancellationToken cancellationToken) => Task.Run(() => FolderSize.Of(folder, cancellationToken), cancellationToken);

    public Task<long?> CountNewerAsync(string folder, DateTimeOffset moment, TimeProvider time, CancellationToken cancellationToken) =>
        Task.FromResult(NewerFiles.Count(folder, moment, time));

    public async Task<ChangeNotes> PackAsync(string folder, Stream tar, CancellationToken cancellationToken)
    {
        var packer = new FolderPacker(folder);
        await packer.WriteAsync(tar, cancellationToken).ConfigureAwait(false);
        return packer.Notes;
    }

    public async Task UnpackAsync(string folder, Func<CancellationToken, Task<Stream>> open, CancellationToken cancellationToken)
    {
        var tar = await open(cancellationToken).ConfigureAwait(false);
        await using (tar.ConfigureAwait(false))
            await new FolderUnpacker(folder).UnpackAsync(tar, cancellationToken).ConfigureAwait(false);
    }

    public Task RenameAsync(string from, string to, CancellationToken cancellationToken)
    {
        if (Directory.Exists(to))
            throw new IOException($"{to} exists already.");
        Directory.Move(from, to);
        DurableFolder.Sync(Path.GetDirectoryName(from)!);
        return Task.CompletedTask;
    }

    public Task DeleteAsync(string folder, CancellationToken cancellationToken)
    {
        if (Directory.Exists(folder))
            Directory.Delete(folder, recursive: true);
        return Task.CompletedTask;
    }
}
