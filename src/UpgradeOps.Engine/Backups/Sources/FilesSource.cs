using UpgradeOps.Engine.Backups.Format;
using UpgradeOps.Engine.Backups.Stores;
using UpgradeOps.Engine.Hosts;

namespace UpgradeOps.Engine.Backups.Sources;

/// <summary>Single files such as the compose file and <c>.env</c>, copied as they are. A missing one is an error: what is declared is needed.</summary>
/// <param name="made">Files that an update makes where they are missing, before it backs up.</param>
internal sealed class FilesSource(IHost host, string baseFolder, IReadOnlyList<string> files, IReadOnlyList<string>? made = null) : IBackupSource
{
    public const string Prefix = "file:";

    public string Id => "files";

    public int Rank => 2;

    public async Task<long?> EstimateAsync(CancellationToken cancellationToken)
    {
        long total = 0;
        foreach (var file in files)
            total += (await host.Files.StatAsync(FullPath(file), cancellationToken).ConfigureAwait(false))?.Size ?? 0;
        return total;
    }

    public async Task<IReadOnlyList<Finding>> CheckAsync(CancellationToken cancellationToken)
    {
        var findings = new List<Finding>();
        var coming = (made ?? []).Select(FullPath).ToHashSet();
        foreach (var file in files)
        {
            if (coming.Contains(FullPath(file)) && await host.Files.StatAsync(FullPath(file), cancellationToken).ConfigureAwait(false) is null)
                continue;
            if (Problem(file, await FindAsync(file, cancellationToken).ConfigureAwait(false)) is { } problem)
                findings.Add(Findings.Blocker(problem.Error, file));
        }

        return findings;
    }

    public async Task<bool> IsAbsentAsync(CancellationToken cancellationToken)
    {
        foreach (var file in files)
        {
            if (await host.Files.StatAsync(FullPath(file), cancellationToken).ConfigureAwait(false) is not null)
                return false;
        }

        return true;
    }

    public async Task<SourceCopy> CopyAsync(PartialBackup backup, SourceContext context, CancellationToken cancellationToken)
    {
        var notes = new List<string>();
        var commands = new List<string>();
        foreach (var file in files)
        {
            var before = await FindAsync(file, cancellationToken).ConfigureAwait(false);
            if (Problem(file, before) is { } problem)
                throw problem;
            var stored = StoredPath(file);
            var copy = await backup.AddAsync(stored, Prefix + file, Encodings.None, (output, token) => CopyAsync(before!.Path, output, context, token), cancellationToken).ConfigureAwait(false);
            var after = await host.Files.StatAsync(before!.Path, cancellationToken).ConfigureAwait(false);
            if (after is null || after.ModifiedAt != before.ModifiedAt || copy.Size != after.Size)
                notes.Add($"{file} was changed while it was copied.");
            commands.Add($"cp {ShellText.Quote(stored)} {ShellText.Quote(FullPath(file))}");
        }

        return new SourceCopy { Consistent = notes.Count == 0, Target = baseFolder, Notes = notes, RestoreCommands = commands };
    }

    private async Task CopyAsync(string path, Stream output, SourceContext context, CancellationToken cancellationToken)
    {
        using var watched = new WatchedStream(output, context.Progress);
        var input = await host.Files.OpenReadAsync(path, cancellationToken).ConfigureAwait(false);
        await using (input.ConfigureAwait(false))
            await input.CopyToAsync(watched, cancellationToken).ConfigureAwait(false);
    }

    /// <summary>The file itself, where the path is a link.</summary>
    private async Task<HostFile?> FindAsync(string file, CancellationToken cancellationToken)
    {
        var path = FullPath(file);
        for (var links = 0; links < 16; links++)
        {
            var found = await host.Files.StatAsync(path, cancellationToken).ConfigureAwait(false);
            if (found?.LinkTarget is not { } target)
                return found;
            path = HostPath.Absolute(target, HostPath.Parent(path)!);
        }

        return null;
    }

    private AppException? Problem(string file, HostFile? found) => found switch
    {
        null => new AppException(ErrorIds.BackupFailed, $"The file {FullPath(file)}, which backups: declares, is not there.", file, "Create the file, or remove it from backups: in the definition."),
        { IsFolder: true } => new AppException(ErrorIds.BackupFailed, $"{FullPath(file)}, which backups: declares under files:, is a folder.", file, "Declare it as - folder: in the definition."),
        _ => null,
    };

    private string FullPath(string file) => HostPath.Absolute(file, baseFolder);

    /// <summary>Relative to the base folder where the file is below it, else its whole path below <c>files/root/</c>.</summary>
    private string StoredPath(string file)
    {
        var full = FullPath(file);
        var relative = HostPath.Relative(baseFolder, full).Replace('\\', '/');
        var inside = BackupPaths.IsInside(relative) ? relative : "root/" + full.Replace('\\', '/').TrimStart('/').Replace(":", "", StringComparison.Ordinal);
        return "files/" + inside;
    }
}
