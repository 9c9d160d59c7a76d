using System.Globalization;
using UpgradeOps.Engine.Apps.Definition;

namespace UpgradeOps.Engine.Backups.Retention;

/// <summary>
/// Says of each backup whether it is kept, and why. Periods are those in which there are backups, in UTC, and not those that a clock counts: an
/// application that made none for a year loses none, and a clock that was set wrong costs nothing.
/// </summary>
/// <param name="declared">Null when the definition declares none: then nothing ever expires.</param>
internal sealed class RetentionRules(RetentionDefinition? declared)
{
    /// <param name="needed">Why something relies on a backup, by its id.</param>
    /// <returns>The same backups, newest first, each with its <see cref="Backup.Retention"/>.</returns>
    public IReadOnlyList<Backup> Judge(IEnumerable<Backup> backups, IReadOnlyDictionary<string, string> needed)
    {
        var newestFirst = backups.OrderByDescending(b => b.Moment).ThenByDescending(b => b.BackupId, StringComparer.Ordinal).ToList();
        var kept = newestFirst.ToDictionary(b => b.BackupId, _ => new List<string>(), StringComparer.Ordinal);
        Rely(newestFirst, needed, kept);
        var relied = kept.Where(k => k.Value.Count > 0).Select(k => k.Key).ToHashSet(StringComparer.Ordinal);
        if (declared is not null)
            Count(newestFirst, declared, kept);
        return [.. newestFirst.Select(b => b with { Retention = Verdict(kept[b.BackupId], relied.Contains(b.BackupId)) })];
    }

    private BackupRetention Verdict(List<string> reasons, bool needed) => new()
    {
        Expired = reasons.Count == 0 && declared is not null,
        Needed = needed,
        Reasons = reasons.Count > 0 ? reasons : [declared is null ? "the definition declares no retention" : $"beyond {declared}"],
    };

    private static void Rely(List<Backup> newestFirst, IReadOnlyDictionary<string, string> needed, Dictionary<string, List<string>> kept)
    {
        foreach (var backup in newestFirst)
        {
            if (needed.TryGetValue(backup.BackupId, out var why))
                kept[backup.BackupId].Add(why);
            if (backup.Pinned)
                kept[backup.BackupId].Add("pinned by a person");
        }

        // Whatever else goes wrong, there is one that is known to be good.
        if (newestFirst.MaxBy(b => b.Proof.Level) is { } best)
            kept[best.BackupId].Add($"the newest that is proved as far as {best.Proof.Level}");
    }

    private static void Count(List<Backup> newestFirst, RetentionDefinition rule, Dictionary<string, List<string>> kept)
    {
        foreach (var backup in newestFirst.Take(rule.Last))
            kept[backup.BackupId].Add($"one of the last {rule.Last}");
        Newest(rule.Daily, m => m.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture));
        Newest(rule.Weekly, m => string.Create(CultureInfo.InvariantCulture, $"week {ISOWeek.GetYear(m)}-W{ISOWeek.GetWeekOfYear(m):00}"));
        Newest(rule.Monthly, m => m.ToString("yyyy-MM", CultureInfo.InvariantCulture));

        void Newest(int periods, Func<DateTime, string> periodOf)
        {
            var seen = new HashSet<string>(StringComparer.Ordinal);
            foreach (var backup in newestFirst)
            {
                if (seen.Count == periods)
                    return;
                var period = periodOf(backup.Moment.UtcDateTime);
                if (seen.Add(period))
                    kept[backup.BackupId].Add($"newest of {period}");
            }
        }
    }
}
