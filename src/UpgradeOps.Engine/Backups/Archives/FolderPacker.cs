using System.Formats.Tar;

namespace UpgradeOps.Engine.Backups.Archives;

/// <summary>
/// Writes a folder as a tar stream: modes, owners, times, symbolic and hard links. Small files are read and encoded by all processors
/// ahead of the archive. Memory does not grow with the number of files. Sockets and devices are left out; they hold no data.
/// </summary>
/// <param name="root">Absolute.</param>
/// <param name="prefix">Of all names in the archive.</param>
internal sealed class FolderPacker(string root, string prefix = "./")
{
    private const int EndOfArchive = 1024;

    private readonly string _root = Path.TrimEndingDirectorySeparator(root);
    private readonly Dictionary<(ulong Device, ulong Inode), string> _linked = [];

    /// <summary>Runs that are prepared ahead, at most.</summary>
    public static int Ahead { get; } = Math.Clamp((2 * Environment.ProcessorCount) + 1, 3, 6);

    public ChangeNotes Notes { get; } = new();

    /// <exception cref="AppException"><see cref="ErrorIds.BackupFailed"/>: something in it cannot be read.</exception>
    public async Task WriteAsync(Stream output, CancellationToken cancellationToken)
    {
        using var paths = new FolderWalk(_root, Notes).Paths().GetEnumerator();
        var ahead = new Queue<Task<PackedRun>>();
        // Never disposed: it ends an archive only when it wrote some of it itself.
        var tar = new TarWriter(output, TarEntryFormat.Pax, leaveOpen: true);
        try
        {
            for (var i = 0; i < Ahead; i++)
                Begin(new PackedRun());
            while (ahead.TryDequeue(out var next))
            {
                var run = await next.ConfigureAwait(false);
                await run.WriteAsync(output, entry => WriteAsync(tar, entry, cancellationToken), cancellationToken).ConfigureAwait(false);
                Begin(run);
            }
        }
        finally
        {
            // What reads files must not outlive the backup that they belong to.
            await Task.WhenAll(ahead.Cast<Task>()).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }

        await output.WriteAsync(new byte[EndOfArchive], cancellationToken).ConfigureAwait(false);

        void Begin(PackedRun run)
        {
            cancellationToken.ThrowIfCancellationRequested();
            run.Clear();
            while (run.Paths.Count < PackedRun.Most && paths.MoveNext())
                run.Paths.Add(paths.Current);
            if (run.Paths.Count == 0)
                return;
            ahead.Enqueue(Task.Run(() =>
            {
                run.Prepare(NameOf);
                return run;
            }));
        }
    }

    /// <returns>False for a name that no archive of ours can hold: not UTF-8.</returns>
    internal static bool IsText(string name) => !name.Contains('\uFFFD');

    internal static AppException Unreadable(string path, string why, Exception? inner = null) =>
        new(ErrorIds.BackupFailed, $"{path} cannot be backed up: {why}", path, inner: inner);

    private async Task WriteAsync(TarWriter tar, PreparedEntry prepared, CancellationToken cancellationToken)
    {
        var name = NameOf(prepared.Path);
        if (!IsText(name))
            throw Unreadable(prepared.Path, "its name is not UTF-8");
        if (prepared.Problem is { } problem)
            throw Unreadable(prepared.Path, problem.Message, problem);
        try
        {
            await WriteAsync(tar, prepared, name, cancellationToken).ConfigureAwait(false);
        }
        catch (Exception e) when (e is FileNotFoundException or DirectoryNotFoundException)
        {
            Vanished(name);
        }
        catch (UnauthorizedAccessException e)
        {
            throw Unreadable(prepared.Path, e.Message, e);
        }
    }

    private async Task WriteAsync(TarWriter tar, PreparedEntry prepared, string name, CancellationToken cancellationToken)
    {
        if (prepared.Entry is { HasCapabilities: true })
            Notes.Add($"{name} has capabilities (getcap), which the archive does not keep.", changed: false);
        switch (prepared.Entry)
        {
            case null:
                Vanished(name);
                break;
            case { Kind: FolderEntryKind.Special }:
                Notes.Add($"{name} is a socket or a device, and was left out.", changed: false);
                break;
            case { Shared: { } shared } file when _linked.TryGetValue(shared, out var first):
                tar.WriteEntry(TarHead.Of(TarEntryType.HardLink, name, file, first));
                break;
            case { } file when prepared.Content is { } content:
                tar.WriteEntry(TarHead.OfFile(name, file, content));
                if (prepared.Changed)
                    ChangedMeanwhile(name);
                break;
            case { Kind: FolderEntryKind.File } file:
                await WriteLargeAsync(tar, file, prepared.Path, name, cancellationToken).ConfigureAwait(false);
                // Only now: a name that vanished is not in the archive, and nothing may be linked to it.
                if (file.Shared is { } itself)
                    _linked[itself] = name;
                break;
            case { } entry:
                tar.WriteEntry(TarHead.OfEmpty(name, entry)!);
                break;
        }
    }

    private async Task WriteLargeAsync(TarWriter tar, FolderEntry entry, string path, string name, CancellationToken cancellationToken)
    {
        var file = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete, 0, FileOptions.SequentialScan);
        await using (file.ConfigureAwait(false))
        {
            var content = new SteadyStream(file, file.Length);
            var head = TarHead.Of(TarEntryType.RegularFile, name, entry);
            head.DataStream = content;
            await tar.WriteEntryAsync(head, cancellationToken).ConfigureAwait(false);
            if (content.Changed || File.GetLastWriteTimeUtc(file.SafeFileHandle) != entry.ModifiedUtc)
                ChangedMeanwhile(name);
        }
    }

    // A name on Unix may hold a backslash.
    private string NameOf(string path) => path.Length <= _root.Length
        ? prefix
        : prefix + path[_root.Length..].TrimStart(Path.DirectorySeparatorChar).Replace(Path.DirectorySeparatorChar, '/');

    private void Vanished(string name) => Notes.Add($"{name} vanished while the folder was copied.", changed: true);

    private void ChangedMeanwhile(string name) => Notes.Add($"{name} was changed while it was copied.", changed: true);
}
