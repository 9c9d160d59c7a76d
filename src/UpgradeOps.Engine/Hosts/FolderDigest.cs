using System.Security.Cryptography;
using System.Text;

namespace UpgradeOps.Engine.Hosts;

/// <summary>
/// The identity of a folder's content: <c>sha256:</c> over one line an entry, sorted by path in ordinal order:
/// <c>d - path</c>, <c>l sha256(target) path</c>, <c>f sha256 path</c>, or <c>x sha256 path</c> for an executable file.
/// Times and owners do not count, so that a copy has the digest of its original.
/// </summary>
internal static class FolderDigest
{
    public static async Task<FolderContent> ReadAsync(IHostFiles files, string folder, CancellationToken cancellationToken)
    {
        var lines = new SortedDictionary<string, string>(StringComparer.Ordinal);
        long size = 0;
        var open = new Stack<(string Path, string Name)>([(folder, "")]);
        while (open.TryPop(out var next))
        {
            foreach (var entry in await files.ListAsync(next.Path, cancellationToken).ConfigureAwait(false))
            {
                var name = next.Name.Length == 0 ? entry.Name : $"{next.Name}/{entry.Name}";
                size += entry.Size;
                if (entry.IsFolder)
                    open.Push((entry.Path, name));
                lines[name] = entry switch
                {
                    { IsFolder: true } => "d -",
                    { LinkTarget: { } target } => $"l {Hex(SHA256.HashData(Encoding.UTF8.GetBytes(target)))}",
                    _ => $"{((entry.Mode & HostModes.AnyExecute) == 0 ? 'f' : 'x')} {await HashAsync(files, entry.Path, cancellationToken).ConfigureAwait(false)}",
                };
            }
        }

        var text = string.Concat(lines.Select(line => $"{line.Value} {line.Key}\n"));
        return new FolderContent("sha256:" + Hex(SHA256.HashData(Encoding.UTF8.GetBytes(text))), size);
    }

    private static async Task<string> HashAsync(IHostFiles files, string path, CancellationToken cancellationToken)
    {
        var stream = await files.OpenReadAsync(path, cancellationToken).ConfigureAwait(false);
        await using (stream.ConfigureAwait(false))
            return Hex(await SHA256.HashDataAsync(stream, cancellationToken).ConfigureAwait(false));
    }

    private static string Hex(byte[] bytes) => Convert.ToHexString(bytes).ToLowerInvariant();
}

/// <param name="SizeBytes">Bytes of all files.</param>
internal sealed record FolderContent(string Digest, long SizeBytes);
