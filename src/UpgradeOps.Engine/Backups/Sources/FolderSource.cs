using UpgradeOps.Engine.Backups.Archives;
using UpgradeOps.Engine.Backups.Format;
using UpgradeOps.Engine.Backups.Stores;
using UpgradeOps.Engine.Backups.Streams;

namespace UpgradeOps.Engine.Backups.Sources;

/// <summary>A folder of this machine, as one archive. It is of one moment only when the writers are stopped, or nothing happened to it meanwhile.</summary>
/// <param name="declared">As the definition names it.</param>
/// <param name="path">Absolute.</param>
/// <param name="storedAs">Name of its archive without extension.</param>
internal sealed class FolderSource(string declared, string path, string storedAs) : IBackupSource
{
    public const string Prefix = "folder:";

    public string Id => Prefix + declared;

    public int Rank => 1;

    public Task<long?> EstimateAsync(CancellationToken cancellationToken) => Task.Run(() => FolderSize.Of(path, cancellationToken), cancellationToken);

    public Task<IReadOnlyList<Finding>> CheckAsync(CancellationToken cancellationToken) =>
        Task.FromResult<IReadOnlyList<Finding>>(Problem() is { } problem ? [Findings.Blocker(problem.Error, path)] : []);

    public Task<bool> IsAbsentAsync(CancellationToken cancellationToken) => Task.FromResult(!Directory.Exists(path) && !File.Exists(path));

    public async Task<SourceCopy> CopyAsync(PartialBackup backup, SourceContext context, CancellationToken cancellationToken)
    {
        if (Problem() is { } problem)
            throw problem;
        var packer = new FolderPacker(path);
        var file = await backup.AddAsync($"folders/{storedAs}.tar{backup.Packing.Extension}", Id, backup.Packing.EncodingOf(Encodings.Tar), WriteAsync, cancellationToken).ConfigureAwait(false);
        return new SourceCopy
        {
            Consistent = context.Quiesced && !packer.Notes.Changed,
            Target = path,
            Notes = [.. packer.Notes.ToList().Select(n => $"{Id}: {n}")],
            RestoreCommands =
            [
                $"mkdir -p {ShellText.Quote(path)}",
                $"{ShellText.Unpack(file)} | tar -xpf - -C {ShellText.Quote(path)}",
            ],
        };

        async Task WriteAsync(Stream output, CancellationToken token)
        {
            using var watched = new WatchedStream(output, context.Progress);
            await Gathered.WriteAsync(watched, gathered => packer.WriteAsync(gathered, token), token).ConfigureAwait(false);
        }
    }

    private AppException? Problem() => Directory.Exists(path)
        ? null
        : new AppException(ErrorIds.BackupFailed, $"The folder {path}, which backups: declares, is not there.", declared, "Create the folder, or remove it from backups: in the definition.");
}
