using System.Text;

namespace UpgradeOps.Engine.Backups.Stores;

/// <summary>The text that <c>sha256sum -c</c> reads.</summary>
internal static class ChecksumList
{
    public static string Of(IEnumerable<BackupFile> files)
    {
        var text = new StringBuilder();
        foreach (var file in files.OrderBy(f => f.Path, StringComparer.Ordinal))
            text.Append(file.Sha256).Append("  ").Append(file.Path).Append('\n');
        return text.ToString();
    }
}
