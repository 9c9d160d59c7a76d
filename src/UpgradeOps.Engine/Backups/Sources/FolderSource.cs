using UpgradeOps.Engine.Backups.Archives;
using UpgradeOps.Engine.Backups.Folders;
using UpgradeOps.Engine.Backups.Format;
using UpgradeOps.Engine.Backups.Stores;
using UpgradeOps.Engine.Backups.Streams;

namespace UpgradeOps.Engine.Backups.Sources;

/// <summary>A folder of the application's host, as one archive. It is of one moment only when the writers are stopped, or nothing happened to it meanwhile.</summary>
/// <param name="declared">As the definition names it.</param>
/// <param name="path">Absolute.</param>
/// <param name="storedAs">Name of its archive without extension.</param>
internal sealed class FolderSource(IFolders folders, string declared, string path, string storedAs) : IBackupSource
{
    public const string Prefix = "folder:";

    public string Id => Prefix + declared;

    public int Rank => 1;

    public Task<long?> EstimateAsync(CancellationToken cancellationToken) => folders.SizeAsync(path, cancellationToken);

    public async Task<IReadOnlyList<Finding>> CheckAsync(CancellationToken cancellationToken) =>
        await ProblemAsync(cancellationToken).ConfigureAwait(false) is { } problem ? [Findings.Blocker(problem.Error, path)] : [];

    public Task<bool> IsAbsentAsync(CancellationToken cancellationToken) => folders.IsFreeAsync(path, cancellationToken);

    public async Task<SourceCopy> CopyAsync(PartialBackup backup, SourceContext context, CancellationToken cancellationToken)
    {
        if (await ProblemAsync(cancellationToken).ConfigureAwait(false) is { } problem)
            throw problem;
        var notes = new ChangeNotes();
        var file = await backup.AddAsync($"folders/{storedAs}.tar{backup.Packing.Extension}", Id, backup.Packing.EncodingOf(Encodings.Tar), WriteAsync, cancellationToken).ConfigureAwait(false);
        return new SourceCopy
        {
            Consistent = context.Quiesced && !notes.Changed,
            Target = path,
            Notes = [.. notes.ToList().Select(n => $"{Id}: {n}")],
            RestoreCommands =
            [
                $"mkdir -p {ShellText.Quote(path)}",
                $"{ShellText.Unpack(file)} | tar -xpf - -C {ShellText.Quote(path)}",
            ],
        };

        async Task WriteAsync(Stream output, CancellationToken token)
        {
            using var watched = new WatchedStream(output, context.Progress);
            await Gathered.WriteAsync(watched, async gathered => notes = await folders.PackAsync(path, gathered, token).ConfigureAwait(false), token).ConfigureAwait(false);
        }
    }

    private async Task<AppException?> ProblemAsync(CancellationToken cancellationToken) => await folders.ExistsAsync(path, cancellationToken).ConfigureAwait(false)
        ? null
        : new AppException(ErrorIds.BackupFailed, $"The folder {path}, which backups: declares, is not there.", declared, "Create the folder, or remove it from backups: in the definition.");
}
