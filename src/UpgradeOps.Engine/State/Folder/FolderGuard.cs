using UpgradeOps.Engine.Hosts.Durable;

namespace UpgradeOps.Engine.State.Folder;

/// <summary>
/// Makes a few reads and writes in a state folder one: the kernel's lock on a file that is never deleted. A process that dies frees it.
/// </summary>
internal static class FolderGuard
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(20);
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(5);

    public static async Task<IDisposable> EnterAsync(string path, TimeProvider time, CancellationToken cancellationToken)
    {
        var since = time.GetTimestamp();
        while (true)
        {
            try
            {
                return Lock(path);
            }
            catch (IOException) when (time.GetElapsedTime(since) < Patience)
            {
                // The system's clock, also under a test's: it is another process that is waited for.
                await Task.Delay(Pause, TimeProvider.System, cancellationToken).ConfigureAwait(false);
            }
        }
    }

    /// <summary>Takes the kernel's lock on a file, or throws an <see cref="IOException"/> at once when another has it.</summary>
    public static FileStream Lock(string path)
    {
        var options = new FileStreamOptions { Mode = FileMode.OpenOrCreate, Access = FileAccess.ReadWrite, Share = FileShare.None, BufferSize = 0 };
        if (!OperatingSystem.IsWindows())
        {
            options.UnixCreateMode = DurableFile.Private;
        }

        return new FileStream(path, options);
    }

    /// <summary>Whether another has the lock. Nothing is created, and two who ask at once do not take each other for an owner.</summary>
    public static bool IsLocked(string path)
    {
        try
        {
            using var shared = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.Read, bufferSize: 0);
            return false;
        }
        catch (Exception e) when (e is FileNotFoundException or DirectoryNotFoundException)
        {
            return false;
        }
        catch (IOException)
        {
            return true;
        }
    }
}
