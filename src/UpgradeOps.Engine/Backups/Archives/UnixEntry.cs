using System.Buffers.Binary;
using System.Runtime.InteropServices;

namespace UpgradeOps.Engine.Backups.Archives;

/// <summary>What Linux knows of a file, a folder or a link itself.</summary>
internal readonly record struct UnixEntry(uint User, uint Group, uint Links, ulong Inode, ulong Device, uint Kind)
{
    public const uint Socket = 0xC000;
    public const uint Fifo = 0x1000;
    public const uint BlockDevice = 0x6000;
    public const uint CharacterDevice = 0x2000;

    private const int CurrentFolder = -100;
    private const int NoFollow = 0x100;
    private const uint BasicMask = 0x7ff;
    private const int StatxSize = 256;

    public bool IsSpecial => Kind is Socket or Fifo or BlockDevice or CharacterDevice;

    /// <returns>Null where it cannot be told: not Linux, or nothing there.</returns>
    public static UnixEntry? Of(string path)
    {
        if (!OperatingSystem.IsLinux())
            return null;

        // statx has one layout on every architecture, which stat has not.
        Span<byte> buffer = stackalloc byte[StatxSize];
        if (Statx(CurrentFolder, path, NoFollow, BasicMask, ref MemoryMarshal.GetReference(buffer)) != 0)
            return null;
        return new UnixEntry(
            User: BinaryPrimitives.ReadUInt32LittleEndian(buffer[20..]),
            Group: BinaryPrimitives.ReadUInt32LittleEndian(buffer[24..]),
            Links: BinaryPrimitives.ReadUInt32LittleEndian(buffer[16..]),
            Inode: BinaryPrimitives.ReadUInt64LittleEndian(buffer[32..]),
            Device: BinaryPrimitives.ReadUInt64LittleEndian(buffer[136..]),
            Kind: BinaryPrimitives.ReadUInt16LittleEndian(buffer[28..]) & 0xF000u);
    }

    [DllImport("libc", EntryPoint = "statx", SetLastError = true)]
    private static extern int Statx(int folder, [MarshalAs(UnmanagedType.LPUTF8Str)] string path, int flags, uint mask, ref byte buffer);
}
