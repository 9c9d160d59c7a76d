using System.Security.Cryptography;

namespace UpgradeOps.Engine.Hosts;

/// <summary>What a folder holds, as one digest: equal for equal content wherever it lies and whenever it was copied.</summary>
internal sealed record FolderDigest(string Digest, long SizeBytes)
{
    /// <summary>
    /// SHA-256 over one line an entry, sorted by path: <c>f</c> (<c>x</c> when its owner may run it) with the SHA-256 of its bytes, <c>l</c> with where the
    /// link points, or <c>d</c>; then the path below the folder, backslashes and line ends escaped. Owners, times and umask do not count.
    /// </summary>
    /// <exception cref="AppException">A file cannot be read.</exception>
    public static async Task<FolderDigest> ComputeAsync(IHostFiles files, string folder, CancellationToken cancellationToken)
    {
        var lines = new FolderLines();
        long size = 0;
        var hashes = await files.HashAsync(folder, cancellationToken).ConfigureAwait(false);
        var pending = new Stack<(string Folder, string Prefix)>([(folder, "")]);
        while (pending.TryPop(out var next))
        {
            foreach (var entry in await files.ListAsync(next.Folder, cancellationToken).ConfigureAwait(false))
            {
                var path = $"{next.Prefix}{entry.Name}";
                if (entry.LinkTarget is null && !entry.IsFolder)
                    size += entry.Size;
                if (entry.LinkTarget is null && entry.IsFolder)
                    pending.Push((entry.Path, $"{path}/"));
                await AddAsync(lines, files, hashes, entry, path, cancellationToken).ConfigureAwait(false);
            }
        }

        return new FolderDigest(lines.Digest(), size);
    }

    private static async Task AddAsync(FolderLines lines, IHostFiles files, IReadOnlyDictionary<string, string>? hashes, HostFile entry, string path, CancellationToken cancellationToken)
    {
        if (entry.LinkTarget is { } target)
            lines.AddLink(path, target);
        else if (entry.IsFolder)
            lines.AddFolder(path);
        else
            lines.AddFile(path, (entry.Mode & 0b001_000_000) != 0, hashes?.GetValueOrDefault(path) ?? await HashAsync(files, entry, cancellationToken).ConfigureAwait(false));
    }

    private static async Task<string> HashAsync(IHostFiles files, HostFile entry, CancellationToken cancellationToken)
    {
        var bytes = await files.OpenReadAsync(entry.Path, cancellationToken).ConfigureAwait(false);
        await using (bytes.ConfigureAwait(false))
            return Convert.ToHexString(await SHA256.HashDataAsync(bytes, cancellationToken).ConfigureAwait(false)).ToLowerInvariant();
    }
}
