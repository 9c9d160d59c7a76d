using System.Globalization;
using UpgradeOps.Engine.Backups.Format;
using UpgradeOps.Engine.Backups.Sources;
using UpgradeOps.Engine.Backups.Stores;
using UpgradeOps.Engine.Databases;

namespace UpgradeOps.Engine.Backups.Restore;

/// <summary>Says what a restore would replace and lose, as far as it can be told without changing anything.</summary>
internal sealed class RestoreDescription(FolderBackupStore store, IReadOnlyDictionary<string, IDatabase> databases, TimeProvider time)
{
    private const int MostTables = 5;

    public async Task<IReadOnlyList<Finding>> DescribeAsync(string backupId, CancellationToken cancellationToken)
    {
        var manifest = store.Read(backupId);
        var findings = new List<Finding> { Tell(FindingSeverity.Information, backupId, About(manifest)) };
        foreach (var source in manifest.Sources)
        {
            if (source.Source.StartsWith(DatabaseSource.Prefix, StringComparison.Ordinal))
                findings.Add(Tell(FindingSeverity.Warning, source.Source, await AboutRowsAsync(source, cancellationToken).ConfigureAwait(false)));
            else if (source.Target is not null && manifest.Files.Any(f => f.Source == source.Source))
                findings.Add(Tell(FindingSeverity.Warning, source.Source, $"All that was written to {source.Source} since then is put aside."));
        }

        findings.AddRange(manifest.Notes.Select(note => Tell(FindingSeverity.Warning, backupId, note)));
        return findings;
    }

    private string About(BackupManifest manifest)
    {
        var consistency = manifest.Consistency switch
        {
            BackupConsistency.Quiesced => "nothing wrote while it was made",
            BackupConsistency.EachSource => "each source is consistent in itself, they may be moments apart",
            _ => "at least one source was copied while it may have been written to",
        };
        var version = manifest.Version is { } ran ? $" of version {ran}" : "";
        return $"Backup {manifest.BackupId}{version} shows {manifest.Moment:yyyy-MM-dd HH:mm:ss} UTC, {Age(time.GetUtcNow() - manifest.Moment)} ago; {consistency}.";
    }

    private async Task<string> AboutRowsAsync(SourceRecord source, CancellationToken cancellationToken)
    {
        IDatabase? database = null;
        try
        {
            database = DumpSource.DatabaseOf(databases, source.Source);
            if (source.Rows is not { } then)
                return $"Database {database.Name} is replaced as a whole; the backup does not tell its rows.";
            var now = await database.CountRowsAsync(database.Name, cancellationToken).ConfigureAwait(false);
            return $"Database {database.Name}: {now.Values.Sum()} rows now, {then.Values.Sum()} in the backup{Details(then, now)}.";
        }
        catch (AppException e)
        {
            return $"Database {database?.Name ?? source.Source} is replaced as a whole; its rows cannot be counted now: {e.Message}";
        }
    }

    private static string Details(IReadOnlyDictionary<string, long> then, IReadOnlyDictionary<string, long> now)
    {
        var differences = Proof.RowComparison.Differences(now, then);
        if (differences.Count == 0)
            return ", the same number in every table";
        var shown = string.Join("; ", differences.Take(MostTables));
        return $" (in the backup {shown}{(differences.Count > MostTables ? $"; and {differences.Count - MostTables} more tables" : "")})";
    }

    private static string Age(TimeSpan age) => age switch
    {
        { TotalMinutes: < 2 } => string.Create(CultureInfo.InvariantCulture, $"{Math.Max(0, age.TotalSeconds):0} s"),
        { TotalHours: < 2 } => string.Create(CultureInfo.InvariantCulture, $"{age.TotalMinutes:0} min"),
        { TotalDays: < 2 } => string.Create(CultureInfo.InvariantCulture, $"{age.TotalHours:0} h"),
        _ => string.Create(CultureInfo.InvariantCulture, $"{age.TotalDays:0} days"),
    };

    private static Finding Tell(FindingSeverity severity, string target, string message) =>
        Findings.Make(severity, ErrorIds.RestoreNeedsConsent, target, message);
}
