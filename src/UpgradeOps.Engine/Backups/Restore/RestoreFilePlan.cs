using UpgradeOps.Engine.Backups.Sources;
using UpgradeOps.Engine.Hosts;

namespace UpgradeOps.Engine.Backups.Restore;

/// <summary>The steps that bring in what another tool made: a dump into a declared database, an archive of files into a declared volume or folder.</summary>
internal sealed class RestoreFilePlan(RestoreParts parts)
{
    /// <param name="source">Such as <c>database:main</c>, <c>volume:uploads</c>, <c>folder:data</c>; null when the definition declares only one that fits.</param>
    public async Task<IReadOnlyList<PlannedStep>> MakeAsync(string path, string? source, CancellationToken cancellationToken)
    {
        var (dump, archive) = await ForeignDump.LookAsync(path, cancellationToken).ConfigureAwait(false);
        return dump is not null ? Dump(dump, source) : [await ArchiveAsync(archive!, source, cancellationToken).ConfigureAwait(false)];
    }

    private PlannedStep[] Dump(ForeignDump dump, string? source)
    {
        var database = parts.Database(source ?? Only(dump.Path, "loaded", Fitting(dump), $"a dump of {dump.Engine ?? "a database"}"));
        if (dump.Engine is { } engine && engine != database.Engine)
            throw new AppException(ErrorIds.RestoreFailed, $"{dump.Path} is a dump of {engine}, and database '{database.Id}' is {database.Engine}.", dump.Path, "Name another database, or another dump.");
        var inputs = dump.ToInputs(database.Id);
        return [DatabasePlan.Load(database, dump.Path, inputs), DatabasePlan.Swap(database, inputs)];
    }

    private async Task<PlannedStep> ArchiveAsync(ForeignArchive archive, string? source, CancellationToken cancellationToken)
    {
        var declared = parts.Definition.Backups
            .Select(b => b.Volume is { } v ? VolumeSource.Prefix + v : b.Folder is { } f ? FolderSource.Prefix + f : null).OfType<string>().ToList();
        var into = source ?? Only(archive.Path, "unpacked", declared, "an archive of files");
        if (!declared.Contains(into, StringComparer.Ordinal))
            throw new AppException(ErrorIds.RestoreFailed, $"{archive.Path} is an archive of files, and backups: declares no '{into}' that it could be unpacked into.", archive.Path, Choose(declared));
        if (into.StartsWith(VolumeSource.Prefix, StringComparison.Ordinal))
        {
            var volume = await parts.Volumes().ResolveAsync(into[VolumeSource.Prefix.Length..], cancellationToken).ConfigureAwait(false);
            return RestorePlan.Volume(volume, archive.ToInputs(into, volume));
        }

        var folder = HostPath.Absolute(into[FolderSource.Prefix.Length..], parts.BaseFolder);
        var free = await parts.Host.Files.FreeSpaceAsync(HostPath.Parent(folder)!, cancellationToken).ConfigureAwait(false);
        return free >= archive.Unpacked
            ? await RestorePlan.FolderAsync(parts.Folders, folder, archive.ToInputs(into, folder), cancellationToken).ConfigureAwait(false)
            : throw new AppException(ErrorIds.DiskTooFull, $"{archive.Path} unpacks to {Format.ByteText.Of(archive.Unpacked)}, and the disk that holds {folder} has {Format.ByteText.Of(free)} free.", folder);
    }

    private List<string> Fitting(ForeignDump dump) =>
        [.. parts.Databases.Values.Where(d => dump.Engine is null || d.Engine == dump.Engine).Select(d => DatabaseSource.Prefix + d.Id)];

    private static string Only(string path, string done, List<string> fitting, string what) => fitting.Count == 1 ? fitting[0] : throw new AppException(
        ErrorIds.RestoreFailed,
        fitting.Count == 0 ? $"{path} is {what}, and the definition declares nothing that it could be {done} into." : $"{path} could be {done} into each of {string.Join(", ", fitting)}.",
        path,
        Choose(fitting));

    private static string Choose(List<string> fitting) =>
        fitting.Count == 0 ? "Declare what it belongs to in the definition." : $"Name one with -Source, such as -Source {fitting[0]}.";
}
