using System.Text;

namespace Notes;

/// <summary>Notes in a file, one a line. A note that was taken is on disk.</summary>
internal sealed class NoteBook : IDisposable
{
    private readonly Lock gate = new();
    private readonly FileStream file;

    private NoteBook(FileStream file, int count)
    {
        this.file = file;
        Count = count;
    }

    public int Count { get; private set; }

    public static NoteBook Open(string folder)
    {
        Directory.CreateDirectory(folder);
        var file = new FileStream(Path.Combine(folder, "notes.txt"), FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.Read, bufferSize: 0);
        var bytes = new byte[file.Length];
        file.ReadExactly(bytes);

        // What stands after the last line end was cut off by a kill, and nobody was told that it had been taken.
        var whole = Array.LastIndexOf(bytes, (byte)'\n') + 1;
        file.SetLength(whole);
        file.Seek(0, SeekOrigin.End);
        return new NoteBook(file, bytes.AsSpan(0, whole).Count((byte)'\n'));
    }

    /// <returns>How many there are now.</returns>
    public int Add(string note)
    {
        var line = Encoding.UTF8.GetBytes(note.ReplaceLineEndings(" ").Trim() + "\n");
        lock (gate)
        {
            file.Write(line);
            file.Flush(flushToDisk: true);
            return ++Count;
        }
    }

    public string ReadAll()
    {
        lock (gate)
        {
            var bytes = new byte[file.Length];
            file.Seek(0, SeekOrigin.Begin);
            file.ReadExactly(bytes);
            return Encoding.UTF8.GetString(bytes);
        }
    }

    public void Dispose()
    {
        lock (gate)
            file.Dispose();
    }
}
