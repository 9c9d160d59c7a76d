using System.Buffers.Binary;
using System.Runtime.InteropServices;

namespace UpgradeOps.Engine.Backups.Archives;

/// <summary>What Linux knows of a file, a folder or a link itself.</summary>
/// <param name="Kind">One of the constants here.</param>
/// <param name="Mode">The lower twelve bits.</param>
internal readonly record struct UnixEntry(
    uint User, uint Group, uint Links, ulong Inode, ulong Device, uint Kind, int Mode, long Size, DateTime ModifiedUtc)
{
    public const uint File = 0x8000;
    public const uint Folder = 0x4000;
    public const uint Link = 0xA000;
    public const uint Pipe = 0x1000;

    private const uint KindMask = 0xF000;
    private const int CurrentFolder = -100;
    private const int NoFollow = 0x100;
    private const int OfFileItself = 0x1000;
    private const uint BasicMask = 0x7ff;
    private const int StatxSize = 256;
    private const int NanosecondsPerTick = 100;

    /// <returns>Null where it cannot be told: not Linux, or nothing there.</returns>
    public static UnixEntry? Of(string path) => OperatingSystem.IsLinux() ? Of(CurrentFolder, path, NoFollow) : null;

    /// <param name="place">As <see cref="UnixPlace"/> gives it.</param>
    /// <returns>Null where nothing is there.</returns>
    public static UnixEntry? Of((int Folder, string Name) place) => Of(place.Folder, place.Name, NoFollow);

    /// <summary>Of an open file.</summary>
    public static UnixEntry? Of(int file) => Of(file, "", OfFileItself);

    private static UnixEntry? Of(int file, string path, int flags)
    {
        // statx has one layout on every architecture, which stat has not.
        Span<byte> buffer = stackalloc byte[StatxSize];
        if (Statx(file, path, flags, BasicMask, ref MemoryMarshal.GetReference(buffer)) != 0)
            return null;
        var mode = BinaryPrimitives.ReadUInt16LittleEndian(buffer[28..]);
        return new UnixEntry(
            User: BinaryPrimitives.ReadUInt32LittleEndian(buffer[20..]),
            Group: BinaryPrimitives.ReadUInt32LittleEndian(buffer[24..]),
            Links: BinaryPrimitives.ReadUInt32LittleEndian(buffer[16..]),
            Inode: BinaryPrimitives.ReadUInt64LittleEndian(buffer[32..]),
            Device: BinaryPrimitives.ReadUInt64LittleEndian(buffer[136..]),
            Kind: mode & KindMask,
            Mode: (int)(mode & ~KindMask),
            Size: BinaryPrimitives.ReadInt64LittleEndian(buffer[40..]),
            ModifiedUtc: Time(BinaryPrimitives.ReadInt64LittleEndian(buffer[112..]), BinaryPrimitives.ReadUInt32LittleEndian(buffer[120..])));
    }

    public static bool HasCapabilities(string path) => GetAttribute(path, "security.capability", 0, 0) > 0;

    // What lies beyond all calendars is as good as their begin and end.
    private static DateTime Time(long seconds, uint nanoseconds) =>
        DateTime.UnixEpoch.AddSeconds(Math.Clamp(seconds, -62_135_596_800, 253_402_300_799)).AddTicks(nanoseconds / NanosecondsPerTick);

    [DllImport("libc", EntryPoint = "lgetxattr", SetLastError = true)]
    private static extern nint GetAttribute(
        [MarshalAs(UnmanagedType.LPUTF8Str)] string path, [MarshalAs(UnmanagedType.LPUTF8Str)] string name, nint value, nint size);

    [DllImport("libc", EntryPoint = "statx", SetLastError = true)]
    private static extern int Statx(int folder, [MarshalAs(UnmanagedType.LPUTF8Str)] string path, int flags, uint mask, ref byte buffer);
}
