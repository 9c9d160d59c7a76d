using System.IO.Enumeration;

namespace UpgradeOps.Engine.Backups.Archives;

/// <summary>
/// Walks through a folder, each folder before what is in it, by name: the same content comes in the same order wherever it lies.
/// Memory grows with the largest single folder, not with the number of files.
/// </summary>
/// <param name="root">Absolute.</param>
/// <param name="notes">Told about folders that vanish meanwhile.</param>
internal sealed class FolderWalk(string root, ChangeNotes notes)
{
    private static readonly EnumerationOptions Everything = new() { AttributesToSkip = 0, IgnoreInaccessible = false };

    /// <summary>Full paths, beginning with the folder itself.</summary>
    /// <exception cref="AppException"><see cref="ErrorIds.BackupFailed"/>: a folder cannot be read.</exception>
    public IEnumerable<string> Paths()
    {
        yield return root;
        var pending = new Stack<(string Folder, Queue<Name> Names)>([(root, Read(root))]);
        while (pending.TryPeek(out var here))
        {
            if (!here.Names.TryDequeue(out var name))
            {
                pending.Pop();
                continue;
            }

            var path = Path.Join(here.Folder, name.Text);
            yield return path;
            if (name.IsFolder)
                pending.Push((path, Read(path)));
        }
    }

    private Queue<Name> Read(string folder)
    {
        try
        {
            var names = new List<Name>(new FileSystemEnumerable<Name>(folder, static (ref FileSystemEntry e) => new Name(e.FileName.ToString(), IsFolder(ref e)), Everything));
            names.Sort(static (a, b) => string.CompareOrdinal(a.Text, b.Text));
            return new Queue<Name>(names);
        }
        catch (DirectoryNotFoundException)
        {
            notes.Add("A folder vanished while it was copied.", changed: true);
            return [];
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw FolderPacker.Unreadable(folder, e.Message, e);
        }
    }

    // A link to a folder counts as one there.
    private static bool IsFolder(ref FileSystemEntry entry) => entry.IsDirectory && (entry.Attributes & FileAttributes.ReparsePoint) == 0;

    private readonly record struct Name(string Text, bool IsFolder);
}
