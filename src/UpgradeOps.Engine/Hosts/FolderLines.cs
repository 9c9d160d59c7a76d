using System.Security.Cryptography;
using System.Text;

namespace UpgradeOps.Engine.Hosts;

/// <summary>Makes <see cref="FolderDigest"/>'s digest of entries that are told one by one, in any order. Paths are relative, with forward slashes.</summary>
internal sealed class FolderLines
{
    private readonly List<(string Path, string Line)> _lines = [];

    /// <param name="sha256">Of its bytes, in lower case hexadecimal.</param>
    public void AddFile(string path, bool executable, string sha256) => Add(path, $"{(executable ? 'x' : 'f')} {sha256} {Escape(path)}\n");

    public void AddLink(string path, string target) => Add(path, $"l {Escape(target)} {Escape(path)}\n");

    public void AddFolder(string path) => Add(path, $"d {Escape(path)}\n");

    /// <returns><c>sha256:…</c></returns>
    public string Digest()
    {
        var text = string.Concat(_lines.OrderBy(l => l.Path, StringComparer.Ordinal).Select(l => l.Line));
        return $"sha256:{Convert.ToHexString(SHA256.HashData(Encoding.UTF8.GetBytes(text))).ToLowerInvariant()}";
    }

    private void Add(string path, string line) => _lines.Add((path, line));

    private static string Escape(string text) => text.Replace("\\", "\\\\", StringComparison.Ordinal).Replace("\n", "\\n", StringComparison.Ordinal).Replace(" ", "\\ ", StringComparison.Ordinal);
}
