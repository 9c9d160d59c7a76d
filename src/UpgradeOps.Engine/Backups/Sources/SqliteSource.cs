using UpgradeOps.Engine.Backups.Format;
using UpgradeOps.Engine.Backups.Stores;
using UpgradeOps.Engine.Hosts;

namespace UpgradeOps.Engine.Backups.Sources;

/// <summary>
/// An SQLite database that may be in use, copied by its own online backup through the <c>sqlite3</c> tool: of one moment, with what still
/// stands in its write-ahead log, and looked through before it counts.
/// </summary>
/// <param name="id">As it stands in manifests.</param>
/// <param name="path">Absolute.</param>
/// <param name="storedAs">Name of the copy without extension.</param>
internal sealed class SqliteSource(IHost host, string id, string path, string storedAs) : IBackupSource
{
    public const string Prefix = "sqlite:";

    private const string Tool = "sqlite3";
    private const string CopyName = "copy.sqlite";

    public string Id => id;

    public int Rank => 0;

    public async Task<long?> EstimateAsync(CancellationToken cancellationToken) =>
        // The copy stands beside its compressed form for a moment.
        (await host.Files.StatAsync(path, cancellationToken).ConfigureAwait(false))?.Size * 2;

    public async Task<IReadOnlyList<Finding>> CheckAsync(CancellationToken cancellationToken)
    {
        if (!await HostCommands.ExistsAsync(host, Tool, cancellationToken).ConfigureAwait(false))
            return [Findings.Make(FindingSeverity.Blocker, ErrorIds.HostCommandMissing, Id, $"There is no command '{Tool}' on {host.Address}, which copies an SQLite database while it is in use.")];
        return await host.Files.StatAsync(path, cancellationToken).ConfigureAwait(false) is null ? [Findings.Blocker(Missing().Error, Id)] : [];
    }

    public Task<bool> IsAbsentAsync(CancellationToken cancellationToken) => Task.FromResult(!File.Exists(path));

    public async Task<SourceCopy> CopyAsync(PartialBackup backup, SourceContext context, CancellationToken cancellationToken)
    {
        // The tool would make an empty database of a name that is not there.
        if (await host.Files.StatAsync(path, cancellationToken).ConfigureAwait(false) is null)
            throw Missing();
        var scratch = backup.CreateScratch();
        try
        {
            await RunAsync(scratch, [path, $".backup {CopyName}"], cancellationToken).ConfigureAwait(false);
            var answer = await RunAsync(scratch, [CopyName, "PRAGMA integrity_check"], cancellationToken).ConfigureAwait(false);
            if (answer != "ok")
                throw new AppException(ErrorIds.BackupFailed, $"{path} is damaged: {answer}", Id);
            var version = await RunAsync(scratch, ["--version"], cancellationToken).ConfigureAwait(false);
            var file = await backup.AddAsync(
                $"databases/{storedAs}.sqlite{backup.Packing.Extension}", Id, backup.Packing.EncodingOf(Encodings.Sqlite),
                (output, token) => StoreAsync(Path.Combine(scratch, CopyName), output, context, token), cancellationToken).ConfigureAwait(false);
            return new SourceCopy
            {
                Consistent = true,
                Target = path,
                Tools = new Dictionary<string, string> { [Id] = $"sqlite3 {version.Split(' ')[0]}" },
                RestoreCommands =
                [
                    "# When the application is stopped; its write-ahead log belongs to the old file and goes with it:",
                    $"for f in '' -wal -shm; do [ ! -e {ShellText.Quote(path)}\"$f\" ] || mv {ShellText.Quote(path)}\"$f\" {ShellText.Quote(path + "_before")}\"$f\"; done",
                    $"{ShellText.Unpack(file)} > {ShellText.Quote(path)}",
                ],
            };
        }
        finally
        {
            Directory.Delete(scratch, recursive: true);
        }
    }

    private static async Task StoreAsync(string copy, Stream output, SourceContext context, CancellationToken cancellationToken)
    {
        using var watched = new WatchedStream(output, context.Progress);
        var input = new FileStream(copy, FileMode.Open, FileAccess.Read, FileShare.Read, 1 << 17, FileOptions.Asynchronous | FileOptions.SequentialScan);
        await using (input.ConfigureAwait(false))
            await input.CopyToAsync(watched, 1 << 17, cancellationToken).ConfigureAwait(false);
    }

    private async Task<string> RunAsync(string scratch, IReadOnlyList<string> arguments, CancellationToken cancellationToken)
    {
        var command = new HostCommand(Tool, ["-batch", "-bail", "-init", "/dev/null", "-cmd", ".timeout 60000", .. arguments]) { WorkingDirectory = scratch };
        var result = await host.RunAsync(command, cancellationToken).ConfigureAwait(false);
        return result.Succeeded ? result.Output.Trim() : throw new AppException(ErrorIds.BackupFailed, $"{path} could not be copied. {CommandSource.Failed(Tool, result)}", Id);
    }

    private AppException Missing() => new(ErrorIds.BackupFailed, $"The SQLite database {path}, which backups: declares, is not there.", id, "Correct the path in the definition.");
}
