using System.Collections.Concurrent;
using System.Globalization;
using System.Security.Cryptography;

namespace UpgradeOps.TestCmdlets.Recording;

/// <summary>Notices every change below a folder: what the kernel reports while it happens, and what differs afterwards.</summary>
public sealed class FileRecorder : IDisposable
{
    private readonly string folder;
    private readonly FileSystemWatcher watcher;
    private readonly ConcurrentQueue<string> events = new();
    private readonly SortedDictionary<string, string> before;

    public FileRecorder(string folder)
    {
        this.folder = folder;
        before = Snapshot();
        watcher = new FileSystemWatcher(folder)
        {
            IncludeSubdirectories = true,
            InternalBufferSize = 1 << 16,
            NotifyFilter = NotifyFilters.FileName | NotifyFilters.DirectoryName | NotifyFilters.LastWrite | NotifyFilters.Size | NotifyFilters.Attributes,
        };
        watcher.Created += Note;
        watcher.Changed += Note;
        watcher.Deleted += Note;
        watcher.Renamed += (_, e) => events.Enqueue($"Renamed {e.OldName} -> {e.Name}");
        watcher.Error += (_, e) => events.Enqueue("Lost: " + e.GetException().Message);
        watcher.EnableRaisingEvents = true;
    }

    /// <summary>Everything that was noticed; also files that came and went again.</summary>
    public string[] Changes()
    {
        // The kernel queues its reports in order: when this file's report is here, all earlier ones are.
        var mark = Path.Combine(folder, ".recorded-" + Guid.NewGuid().ToString("N"));
        File.WriteAllText(mark, "");
        SpinWait.SpinUntil(() => events.Any(e => e.Contains(Path.GetFileName(mark), StringComparison.Ordinal)), TimeSpan.FromSeconds(10));
        File.Delete(mark);
        var after = Snapshot();
        return
        [
            .. events.Where(e => !e.Contains(".recorded-", StringComparison.Ordinal)),
            .. before.Where(b => !after.ContainsKey(b.Key)).Select(b => $"gone: {b.Key}"),
            .. after.Where(a => before.GetValueOrDefault(a.Key) != a.Value).Select(a => $"new or other: {a.Key} {a.Value}"),
        ];
    }

    public void Dispose() => watcher.Dispose();

    private void Note(object sender, FileSystemEventArgs e) => events.Enqueue($"{e.ChangeType} {e.Name}");

    private SortedDictionary<string, string> Snapshot()
    {
        var found = new SortedDictionary<string, string>(StringComparer.Ordinal);
        var options = new EnumerationOptions { RecurseSubdirectories = true, AttributesToSkip = 0, IgnoreInaccessible = false };
        foreach (var entry in new DirectoryInfo(folder).EnumerateFileSystemInfos("*", options))
        {
            if (!entry.Name.StartsWith(".recorded-", StringComparison.Ordinal))
                found[Path.GetRelativePath(folder, entry.FullName)] = Describe(entry);
        }

        return found;
    }

    /// <summary>A folder's own time is left out: it changes with what is in it, which is noticed by itself.</summary>
    private static string Describe(FileSystemInfo entry) => entry switch
    {
        { LinkTarget: { } target } => "link " + target,
        // Also pipes and sockets, which nobody must read.
        FileInfo { Length: 0 } empty => $"{empty.UnixFileMode} empty",
        FileInfo file => string.Create(
            CultureInfo.InvariantCulture,
            $"{file.UnixFileMode} {file.LastWriteTimeUtc:O} {Convert.ToHexString(SHA256.HashData(File.ReadAllBytes(file.FullName)))}"),
        _ => $"folder {entry.UnixFileMode}",
    };
}
