using UpgradeOps.Engine.Backups.Dumps;
using UpgradeOps.Engine.Backups.Folders;
using UpgradeOps.Engine.Backups.Format;
using UpgradeOps.Engine.Backups.Raft;
using UpgradeOps.Engine.Backups.Sources;
using UpgradeOps.Engine.Hosts;

namespace UpgradeOps.Engine.Backups.Restore;

/// <summary>The steps that bring data of a backup back: dumps loaded beside first, then everything exchanged.</summary>
internal sealed class RestorePlan(BackupManifest manifest, RestoreParts parts)
{
    private const string AllFiles = "files";

    /// <param name="source">Null for all data; <c>files</c> or <c>file:…</c> for configuration.</param>
    public async Task<IReadOnlyList<PlannedStep>> MakeAsync(string? source, CancellationToken cancellationToken)
    {
        var steps = new List<PlannedStep>();
        foreach (var file in manifest.Files.Where(f => IsWanted(f.Source, source)))
            steps.AddRange(await StepsAsync(file, cancellationToken).ConfigureAwait(false));
        if (steps.Count > 0)
            return [.. steps.OrderBy(s => s.Phase)];
        var has = string.Join(", ", manifest.Files.Select(f => f.Source).Distinct());
        throw new AppException(
            ErrorIds.RestoreFailed,
            source is null && manifest.Files.Any(f => IsWanted(f.Source, null))
                ? $"Backup {manifest.BackupId} holds only what a person restores, by the commands in its manifest: {has}."
            : source is null ? $"Backup {manifest.BackupId} holds no data that could be restored, only: {has}." : $"Backup {manifest.BackupId} has no source '{source}'; it has: {has}.",
            manifest.BackupId);
    }

    private static bool IsWanted(string fileSource, string? source)
    {
        var isConfiguration = fileSource.StartsWith(FilesSource.Prefix, StringComparison.Ordinal);
        return source is null ? !isConfiguration : fileSource == source || (source == AllFiles && isConfiguration);
    }

    private async Task<PlannedStep[]> StepsAsync(BackupFile file, CancellationToken cancellationToken)
    {
        if (file.Source.StartsWith(DatabaseSource.Prefix, StringComparison.Ordinal))
            return DatabaseSteps(file);
        if (file.Source.StartsWith(VolumeSource.Prefix, StringComparison.Ordinal))
            return [await VolumeStepAsync(file, cancellationToken).ConfigureAwait(false)];
        if (file.Source.StartsWith(FolderSource.Prefix, StringComparison.Ordinal))
            return [await FolderStepAsync(file, cancellationToken).ConfigureAwait(false)];
        if (file.Source.StartsWith(SqliteSource.Prefix, StringComparison.Ordinal))
            return [Sqlite(file, HostPath.Absolute(file.Source[SqliteSource.Prefix.Length..], parts.BaseFolder))];
        if (SqliteInVolume.Of(file.Source) is { } place)
            return [Sqlite(file, await place.LocateAsync(parts.Volumes(), cancellationToken).ConfigureAwait(false))];
        if (file.Source.StartsWith(RaftSource.Prefix, StringComparison.Ordinal))
            return [RaftStep(file)];
        if (file.Source.StartsWith(CommandSource.Prefix, StringComparison.Ordinal))
            return CommandSteps(file);
        return file.Source.StartsWith(FilesSource.Prefix, StringComparison.Ordinal) ? [FileStep(file)] : [];
    }

    private PlannedStep[] DatabaseSteps(BackupFile file)
    {
        var database = parts.Database(file.Source);
        if (DumpKind.OfEncoding(file.Encoding)?.IsOf(database.Engine) != true)
        {
            throw new AppException(
                ErrorIds.RestoreFailed, $"{file.Path} of backup {manifest.BackupId} is no dump of {database.Engine}, which database '{database.Id}' is now.", database.Id);
        }

        var inputs = Inputs(file, database.Id);
        return
        [
            DatabasePlan.Load(database, $"the dump of {database.Name} of {manifest.Moment:yyyy-MM-dd HH:mm:ss} UTC", inputs),
            DatabasePlan.Swap(database, inputs),
        ];
    }

    private async Task<PlannedStep> VolumeStepAsync(BackupFile file, CancellationToken cancellationToken)
    {
        var volume = await parts.Volumes().ResolveAsync(file.Source[VolumeSource.Prefix.Length..], cancellationToken).ConfigureAwait(false);
        return Volume(volume, Inputs(file, volume));
    }

    public static PlannedStep Volume(string volume, Dictionary<string, string> inputs) =>
        Replace(RestoreSteps.VolumeKind, $"Replace the content of volume {volume}; the old content is copied to a second volume first", inputs);

    public static async Task<PlannedStep> FolderAsync(IFolders folders, string folder, Dictionary<string, string> inputs, CancellationToken cancellationToken)
    {
        if (!await folders.ExistsAsync(folder, cancellationToken).ConfigureAwait(false))
            inputs["new"] = "true";
        return Replace(RestoreSteps.FolderKind, $"Replace the folder {folder}; the old one is kept beside it", inputs);
    }

    private Task<PlannedStep> FolderStepAsync(BackupFile file, CancellationToken cancellationToken)
    {
        var folder = HostPath.Absolute(file.Source[FolderSource.Prefix.Length..], parts.BaseFolder);
        return FolderAsync(parts.Folders, folder, Inputs(file, folder), cancellationToken);
    }

    private PlannedStep Sqlite(BackupFile file, string path) =>
        Replace(RestoreSteps.SqliteKind, $"Replace the SQLite database {path}; the old one is kept beside it", Inputs(file, path));

    private PlannedStep RaftStep(BackupFile file)
    {
        var name = file.Source[RaftSource.Prefix.Length..];
        return Replace(RestoreSteps.RaftKind, $"Replace the raft storage '{name}' by its snapshot", Inputs(file, name)) with
        {
            // Its own end is its only sign: what was there before is in the safety backup.
            Reversibility = Reversibility.NeedsBackup,
            Repeatable = Repeatability.Idempotent,
        };
    }

    /// <returns>Nothing when the definition names no command for it: then a person restores it.</returns>
    private PlannedStep[] CommandSteps(BackupFile file)
    {
        var name = file.Source[CommandSource.Prefix.Length..];
        if (parts.Definition.Backups.Select(b => b.Command).FirstOrDefault(c => c?.Name == name) is not { Restore: [var first, ..] })
            return [];
        return
        [
            Replace(RestoreSteps.CommandKind, $"Run {first} with what {file.Source} wrote then", Inputs(file, name)) with
            {
                // What it does nobody knows; what was there before is in the safety backup.
                Reversibility = Reversibility.NeedsBackup,
                Repeatable = Repeatability.Uncertain,
            },
        ];
    }

    private PlannedStep FileStep(BackupFile file)
    {
        var path = HostPath.Absolute(file.Source[FilesSource.Prefix.Length..], parts.BaseFolder);
        return Replace(RestoreSteps.FilesKind, $"Put back {path}; its present content is kept with the operation", Inputs(file, path));
    }

    private static PlannedStep Replace(string kind, string description, Dictionary<string, string> inputs) => new()
    {
        Id = "",
        Kind = kind,
        Phase = StepPhase.Switch,
        Description = description,
        Reversibility = Reversibility.Reversible,
        Repeatable = Repeatability.Observable,
        Inputs = inputs,
    };

    private Dictionary<string, string> Inputs(BackupFile file, string target) => new()
    {
        [RestoreSteps.FromBackup] = manifest.BackupId,
        [RestoreSteps.Source] = file.Source,
        [RestoreSteps.File] = file.Path,
        [RestoreSteps.Target] = target,
    };
}
