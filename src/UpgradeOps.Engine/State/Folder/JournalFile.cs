using System.Text;
using UpgradeOps.Engine.Hosts.Durable;

namespace UpgradeOps.Engine.State.Folder;

/// <summary>A journal as a file of lines.</summary>
internal static class JournalFile
{
    private static readonly byte[] EmptySector = new byte[512];

    /// <summary>The lines as they stand, the last one also when a crash tore it.</summary>
    public static IReadOnlyList<string> Read(string path)
    {
        if (!File.Exists(path))
        {
            return [];
        }

        return Lines(ReadAll(path));
    }

    /// <inheritdoc cref="IAppState.ReadJournalAsync"/>
    internal static IReadOnlyList<string> Lines(ReadOnlySpan<byte> bytes)
    {
        var lines = Encoding.UTF8.GetString(bytes).Split('\n').ToList();
        var last = lines.Count - 2;
        if (IsTorn(bytes))
        {
            return lines[^1].Length == 0 ? lines[..^1] : lines;
        }

        if (last >= 0 && JournalLine.Open(lines[last]) is null)
        {
            lines[last] += "\n";
        }

        return lines[..^1];
    }

    public static void Append(string path, string line) => DurableFile.Append(path, Encoding.UTF8.GetBytes(line + "\n"));

    /// <summary>Cuts off what a crash left half written, so that the next line begins on a line of its own.</summary>
    public static void CutTornTail(string path)
    {
        if (!File.Exists(path))
        {
            return;
        }

        var bytes = ReadAll(path);
        var end = WholeLength(bytes);
        if (end == bytes.Length)
        {
            return;
        }

        using var stream = new FileStream(path, FileMode.Open, FileAccess.Write, FileShare.Read, bufferSize: 0);
        stream.SetLength(end);
        stream.Flush(flushToDisk: true);
    }

    /// <summary>How many of these bytes are lines that have their end, up to what a crash left half written.</summary>
    // One torn line at most: what stands before it is either whole or damage, and damage is never cut away.
    internal static int WholeLength(ReadOnlySpan<byte> bytes) => IsTorn(bytes) ? bytes[..^1].LastIndexOf((byte)'\n') + 1 : bytes.Length;

    // The end of a line is written last. After a power cut it may all the same be there before a sector in front of it: that is zeros then.
    private static bool IsTorn(ReadOnlySpan<byte> bytes)
    {
        if (bytes.Length == 0)
        {
            return false;
        }

        var body = bytes[..^1];
        var last = body[(body.LastIndexOf((byte)'\n') + 1)..];
        return bytes[^1] != (byte)'\n' || last is [0, ..] || last.IndexOf(EmptySector) >= 0;
    }

    // Another process may be appending.
    private static byte[] ReadAll(string path)
    {
        using var stream = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite);
        using var memory = new MemoryStream();
        stream.CopyTo(memory);
        return memory.ToArray();
    }
}
