using UpgradeOps.Engine.Backups.Format;
using UpgradeOps.Engine.Backups.Stores;
using UpgradeOps.Engine.Hosts;
using UpgradeOps.Engine.Hosts.Local;

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

    // Beside the database, where there is room for it or nowhere. What a killed one left is known by its lock, which nobody holds.
    private const string CopyOverThere = """
        umask 077
        d=${1%/*} n=${1##*/}
        [ -n "$d" ] || d=/
        [ -f "$1" ] || { echo "$1 is not there." >&2; exit 1; }
        for l in "$d/.$n.copying-"*; do [ ! -d "$l" ] || flock -n "$l/lock" rm -rf -- "$l"; done
        t=$(mktemp -d "$d/.$n.copying-XXXXXX") || exit 1
        trap 'rm -rf -- "$t"' EXIT
        exec 9>"$t/lock" && flock -n 9 && cd -- "$t" || exit 1
        q() { sqlite3 -batch -bail -init /dev/null -cmd '.timeout 60000' "$@"; }
        q "$1" '.backup copy.sqlite' >&2 || exit 1
        r=$(q copy.sqlite 'PRAGMA integrity_check') || exit 1
        [ "$r" = ok ] || { printf 'It is damaged: %s\n' "$r" >&2; exit 1; }
        cat copy.sqlite
        """;

    private bool IsRemote => host.Address != LocalHost.Name;

    public string Id => id;

    public int Rank => 0;

    public async Task<long?> EstimateAsync(CancellationToken cancellationToken) =>
        // The copy stands beside its compressed form for a moment, unless it stands on the other machine.
        (await host.Files.StatAsync(path, cancellationToken).ConfigureAwait(false))?.Size * (IsRemote ? 1 : 2);

    public async Task<IReadOnlyList<Finding>> CheckAsync(CancellationToken cancellationToken)
    {
        if (!await HostCommands.ExistsAsync(host, Tool, cancellationToken).ConfigureAwait(false))
            return [Findings.Make(FindingSeverity.Blocker, ErrorIds.HostCommandMissing, Id, $"There is no command '{Tool}' on {host.Address}, which copies an SQLite database while it is in use.")];
        if (await host.Files.StatAsync(path, cancellationToken).ConfigureAwait(false) is not { } database)
            return [Findings.Blocker(Missing().Error, Id)];
        if (!IsRemote)
            return [];
        var room = await host.Files.FreeSpaceAsync(path, cancellationToken).ConfigureAwait(false);
        return room >= database.Size
            ? []
            : [Findings.Make(FindingSeverity.Blocker, ErrorIds.DiskTooFull, Id, $"{path} is copied beside itself on {host.Address} first: that takes {ByteText.Of(database.Size)}, and {ByteText.Of(room)} are free there.")];
    }

    public async Task<bool> IsAbsentAsync(CancellationToken cancellationToken) => await host.Files.StatAsync(path, cancellationToken).ConfigureAwait(false) is null;

    public async Task<SourceCopy> CopyAsync(PartialBackup backup, SourceContext context, CancellationToken cancellationToken)
    {
        // The tool would make an empty database of a name that is not there.
        if (await host.Files.StatAsync(path, cancellationToken).ConfigureAwait(false) is null)
            throw Missing();
        if (IsRemote)
            return await StreamAsync(backup, context, cancellationToken).ConfigureAwait(false);
        var scratch = backup.CreateScratch();
        try
        {
            await RunAsync(scratch, [path, $".backup {CopyName}"], cancellationToken).ConfigureAwait(false);
            var answer = await RunAsync(scratch, [CopyName, "PRAGMA integrity_check"], cancellationToken).ConfigureAwait(false);
            if (answer != "ok")
                throw new AppException(ErrorIds.BackupFailed, $"{path} is damaged: {answer}", Id);
            var version = await RunAsync(scratch, ["--version"], cancellationToken).ConfigureAwait(false);
            var file = await backup.AddAsync(
                StoredAs(backup), Id, backup.Packing.EncodingOf(Encodings.Sqlite),
                (output, token) => StoreAsync(Path.Combine(scratch, CopyName), output, context, token), cancellationToken).ConfigureAwait(false);
            return Copied(file, version);
        }
        finally
        {
            Directory.Delete(scratch, recursive: true);
        }
    }

    /// <summary>The tool's copy stands over there, and comes from there when it was looked through.</summary>
    private async Task<SourceCopy> StreamAsync(PartialBackup backup, SourceContext context, CancellationToken cancellationToken)
    {
        var version = await host.RunAsync(new HostCommand(Tool, "--version") { IsQuestion = true }, cancellationToken).ConfigureAwait(false);
        var file = await backup.AddAsync(StoredAs(backup), Id, backup.Packing.EncodingOf(Encodings.Sqlite), BringAsync, cancellationToken).ConfigureAwait(false);
        return Copied(file, version.Output);

        async Task BringAsync(Stream output, CancellationToken token)
        {
            using var watched = new WatchedStream(output, context.Progress);
            var result = await host.StreamAsync(new HostCommand("sh", "-c", CopyOverThere, "upgradeops", path), null, watched, token).ConfigureAwait(false);
            if (!result.Succeeded)
                throw new AppException(ErrorIds.BackupFailed, $"{path} could not be copied. {CommandSource.Failed(Tool, result)}", Id);
        }
    }

    private string StoredAs(PartialBackup backup) => $"databases/{storedAs}.sqlite{backup.Packing.Extension}";

    private SourceCopy Copied(BackupFile file, string version) => new()
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
