using UpgradeOps.Engine.Hosts.Durable;

namespace UpgradeOps.Engine.Backups.Stores;

/// <summary>The sign that a live process writes a backup: a file held open with an advisory lock, which a crash lets go.</summary>
internal sealed class PartialClaim : IDisposable
{
    private readonly FileStream _lock;

    private PartialClaim(FileStream file) => _lock = file;

    /// <summary>True when the file is there, whether or not somebody still holds it.</summary>
    public static bool IsLeft(string partialFolder) => File.Exists(PathOf(partialFolder));

    /// <returns>Null when another process holds it.</returns>
    public static PartialClaim? TryTake(string partialFolder)
    {
        try
        {
            // Windows removes an open file only where its holder has allowed it; nobody else can open it by that.
            var share = OperatingSystem.IsWindows() ? FileShare.Delete : FileShare.None;
            var options = new FileStreamOptions { Mode = FileMode.OpenOrCreate, Access = FileAccess.ReadWrite, Share = share, BufferSize = 0 };
            if (!OperatingSystem.IsWindows())
                options.UnixCreateMode = DurableFile.Private;
            return new PartialClaim(new FileStream(PathOf(partialFolder), options));
        }
        catch (IOException e) when (!StoreFaults.IsDiskFull(e) && e is not DirectoryNotFoundException)
        {
            return null;
        }
    }

    private static string PathOf(string partialFolder) => partialFolder + ".lock";

    public void Dispose()
    {
        // Removed while still held: whoever opens it next makes a new one.
        File.Delete(_lock.Name);
        _lock.Dispose();
    }
}
