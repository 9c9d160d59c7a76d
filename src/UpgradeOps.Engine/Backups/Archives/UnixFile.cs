using System.Runtime.InteropServices;

namespace UpgradeOps.Engine.Backups.Archives;

/// <summary>
/// Reads a small file with the four calls to the system that it takes. The base library's own way adds five (locks, kind, position),
/// which is most of the time that a hundred thousand small files need.
/// </summary>
internal static class UnixFile
{
    private const int ReadOnlyCloseOnExecNoFollow = 0x80000 | 0x20000;
    private const int ReadOnlyCloseOnExecNoFollowArm = 0x80000 | 0x8000;
    private const int NotThere = 2;
    private const int Interrupted = 4;

    /// <param name="place">As <see cref="UnixPlace"/> gives it.</param>
    /// <param name="buffer">Longer than the file is thought to be.</param>
    /// <returns>Bytes read, and when the file was last written to by then.</returns>
    /// <exception cref="FileNotFoundException">It has vanished.</exception>
    /// <exception cref="IOException">It cannot be read; the message says why.</exception>
    public static (int Read, DateTime ModifiedUtc) Read((int Folder, string Name) place, Span<byte> buffer)
    {
        var arm = RuntimeInformation.ProcessArchitecture is Architecture.Arm64 or Architecture.Arm;
        var file = Open(place.Folder, place.Name, arm ? ReadOnlyCloseOnExecNoFollowArm : ReadOnlyCloseOnExecNoFollow);
        if (file < 0)
            throw Failure(place.Name);
        try
        {
            var total = 0;
            while (total < buffer.Length)
            {
                var wanted = buffer.Length - total;
                var read = (int)Read(file, ref MemoryMarshal.GetReference(buffer[total..]), wanted);
                if (read < 0 && Marshal.GetLastPInvokeError() != Interrupted)
                    throw Failure(place.Name);
                total += Math.Max(read, 0);
                // Of a file on a disk, less than was wanted means its end.
                if (read >= 0 && read < wanted)
                    break;
            }

            return (total, UnixEntry.Of(file)?.ModifiedUtc ?? default);
        }
        finally
        {
            _ = Close(file);
        }
    }

    private static IOException Failure(string path)
    {
        var error = Marshal.GetLastPInvokeError();
        return error == NotThere ? new FileNotFoundException(null, path) : new IOException(Marshal.GetPInvokeErrorMessage(error), error);
    }

    [DllImport("libc", EntryPoint = "openat", SetLastError = true)]
    private static extern int Open(int folder, [MarshalAs(UnmanagedType.LPUTF8Str)] string path, int flags);

    [DllImport("libc", EntryPoint = "read", SetLastError = true)]
    private static extern nint Read(int file, ref byte buffer, nint count);

    [DllImport("libc", EntryPoint = "close")]
    private static extern int Close(int file);
}
