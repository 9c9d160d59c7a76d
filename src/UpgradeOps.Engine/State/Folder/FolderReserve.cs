using System.Security.Cryptography;
using UpgradeOps.Engine.Hosts.Durable;

namespace UpgradeOps.Engine.State.Folder;

/// <summary>
/// Room that is kept for the journal of an operation that meets a full disk: without a line there is no way back. A file that holds
/// nothing, given up when it is needed and made again by the next operation.
/// </summary>
internal sealed class FolderReserve(string path)
{
    /// <summary>Far more than the journal of an operation that goes back.</summary>
    public const int Size = 256 * 1024;

    /// <summary>Takes the room, where there is some.</summary>
    public void Fill()
    {
        if (File.Exists(path) && new FileInfo(path).Length == Size)
            return;
        try
        {
            // Noise: a file system that compresses would keep no room for zeros.
            DurableFile.WriteAtomic(path, RandomNumberGenerator.GetBytes(Size));
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            // An operation may begin without; how full the disk is has its own check.
        }
    }

    /// <summary>Writes; on a full disk once more, with the room that was kept.</summary>
    /// <param name="write">All or nothing.</param>
    public void Use(Action write)
    {
        try
        {
            write();
        }
        catch (IOException e) when (DiskFull.Is(e) && File.Exists(path))
        {
            File.Delete(path);
            write();
        }
    }
}
