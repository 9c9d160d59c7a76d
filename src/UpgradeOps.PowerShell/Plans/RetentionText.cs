using System.Globalization;
using System.Text;

namespace UpgradeOps.PowerShell.Plans;

/// <summary>Backups that are to be removed, for a person who is about to say yes or no: one line each, with the reason.</summary>
internal static class RetentionText
{
    public static string Expired(string name, IReadOnlyList<Backup> judged)
    {
        var count = judged.Count(b => b.Retention is { Expired: true });
        var text = new StringBuilder();
        text.Append(CultureInfo.InvariantCulture, $"Remove {count} of the {judged.Count} backups of {name} for good");
        foreach (var backup in judged)
            text.Append($"\n  {(backup.Retention is { Expired: true } ? "remove" : "keep  ")} {backup.BackupId}: {Why(backup)}");
        return text.ToString();
    }

    /// <param name="judged">Empty when the backup is damaged.</param>
    public static string Single(string name, string backupId, IReadOnlyList<Backup> judged) => judged is [var backup, ..]
        ? string.Create(CultureInfo.InvariantCulture, $"Remove backup {backupId} of {name} for good: {backup.SizeBytes} bytes, of {backup.Moment:u}; {Why(backup)}")
        : $"Remove the damaged backup {backupId} of {name} for good";

    private static string Why(Backup backup) => string.Join("; ", backup.Retention?.Reasons ?? []);
}
