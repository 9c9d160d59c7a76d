using System.Text;
using UpgradeOps.Engine.Hosts.Durable;

namespace UpgradeOps.Engine.State.Folder;

/// <summary>Refused attempts as a file of lines, the newest last. To be written under the folder's guard.</summary>
internal sealed class FolderRefusals(string path)
{
    /// <summary>So many too many stand there before the oldest go: the file is rewritten once for all of them.</summary>
    private const int Slack = 100;

    public IReadOnlyList<string> Read() => Newest(JournalFile.Read(path));

    /// <summary>The newest lines that are whole, or damaged; a torn last one is none.</summary>
    public static IReadOnlyList<string> Newest(IReadOnlyList<string> lines)
    {
        var whole = lines.Count > 0 && JournalLine.Open(lines[^1]) is null && JournalLine.CanBeTorn(lines[^1]) ? lines.SkipLast(1) : lines;
        return whole.TakeLast(RefusedAttempts.Kept).ToList();
    }

    public void Append(string line)
    {
        JournalFile.CutTornTail(path);
        JournalFile.Append(path, line);
        var lines = JournalFile.Read(path);
        if (lines.Count > RefusedAttempts.Kept + Slack)
            DurableFile.WriteAtomic(path, Encoding.UTF8.GetBytes(string.Concat(lines.TakeLast(RefusedAttempts.Kept).Select(l => l.TrimEnd('\n') + "\n"))));
    }
}
