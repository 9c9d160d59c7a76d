using System.Globalization;
using UpgradeOps.Engine.Backups.Folders;
using UpgradeOps.Engine.Backups.Format;
using UpgradeOps.Engine.Backups.Sources;
using UpgradeOps.Engine.Databases;

namespace UpgradeOps.Engine.Backups.Restore;

/// <summary>Says what a restore would replace and lose, as far as it can be told without changing anything.</summary>
internal sealed class RestoreDescription(IReadOnlyDictionary<string, IDatabase> databases, IFolders folders, TimeProvider time)
{
    public async Task<RestoreImpact> DescribeAsync(BackupManifest manifest, CancellationToken cancellationToken)
    {
        var findings = new List<Finding> { Tell(FindingSeverity.Information, manifest.BackupId, About(manifest)) };
        var tables = new List<TableChange>();
        foreach (var source in manifest.Sources)
        {
            if (source.Source.StartsWith(DatabaseSource.Prefix, StringComparison.Ordinal))
                findings.Add(Tell(FindingSeverity.Warning, source.Source, await AboutRowsAsync(source, tables, cancellationToken).ConfigureAwait(false)));
            else if (source.Target is not null && manifest.Files.Any(f => f.Source == source.Source))
                findings.Add(Tell(FindingSeverity.Warning, source.Source, await AboutFilesAsync(source, cancellationToken).ConfigureAwait(false)));
        }

        findings.AddRange(manifest.Notes.Select(note => Tell(FindingSeverity.Warning, manifest.BackupId, note)));
        return new RestoreImpact(findings, tables);
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

    private async Task<string> AboutRowsAsync(SourceRecord source, List<TableChange> tables, CancellationToken cancellationToken)
    {
        IDatabase? database = null;
        try
        {
            database = DumpSource.DatabaseOf(databases, source.Source);
            if (source.Rows is not { } then)
                return $"Database {database.Name} is replaced as a whole; the backup does not tell its rows.";
            var marks = source.Marks ?? new Dictionary<string, RowMark>();
            var newer = marks.Count == 0 ? new Dictionary<string, long>() : await database.CountNewerAsync(marks, cancellationToken).ConfigureAwait(false);
            var now = await database.CountRowsAsync(database.Name, cancellationToken).ConfigureAwait(false);
            var changes = new TableComparison(database.Id, marks).Compare(then, now, newer);
            tables.AddRange(changes);
            var difference = changes.Count == 0
                ? "every table has as many rows as in the backup and none that is newer, as far as keys tell"
                : $"since the backup {TableComparison.Describe(changes)}";
            return $"Database {database.Name}: {difference} (in all {now.Values.Sum()} rows now, {then.Values.Sum()} in the backup). Rows that were changed in place do not show in this.";
        }
        catch (AppException e)
        {
            return $"Database {database?.Name ?? source.Source} is replaced as a whole; its rows cannot be counted now: {e.Message}";
        }
    }

    private async Task<string> AboutFilesAsync(SourceRecord source, CancellationToken cancellationToken)
    {
        var count = source.Source.StartsWith(FolderSource.Prefix, StringComparison.Ordinal) ? await folders.CountNewerAsync(source.Target!, source.EndedAt, time, cancellationToken).ConfigureAwait(false) : null;
        return count switch
        {
            null => $"All that was written to {source.Source} since then is put aside.",
            0 => $"No file in {source.Source} was written since then; some may have been removed.",
            1 => $"At least 1 file in {source.Source} was written since then; it is put aside.",
            _ => string.Create(CultureInfo.InvariantCulture, $"At least {count} files in {source.Source} were written since then; they are put aside."),
        };
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
