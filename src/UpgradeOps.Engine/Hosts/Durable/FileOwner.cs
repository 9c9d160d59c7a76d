using System.Buffers.Binary;
using System.Runtime.InteropServices;

namespace UpgradeOps.Engine.Hosts.Durable;

/// <summary>User and group of a file.</summary>
internal readonly record struct FileOwner(uint User, uint Group)
{
    private const int CurrentFolder = -100;
    private const uint OwnerMask = 0x18;
    private const int StatxSize = 256;
    private const int UserOffset = 20;
    private const int GroupOffset = 24;

    /// <returns>Null where owners are unknown: not Linux, or no such file.</returns>
    public static FileOwner? Of(string path)
    {
        if (!OperatingSystem.IsLinux())
            return null;

        // statx has one layout on every architecture, which stat has not.
        var buffer = new byte[StatxSize];
        if (Statx(CurrentFolder, path, 0, OwnerMask, buffer) != 0)
            return null;
        return new FileOwner(
            BinaryPrimitives.ReadUInt32LittleEndian(buffer.AsSpan(UserOffset)),
            BinaryPrimitives.ReadUInt32LittleEndian(buffer.AsSpan(GroupOffset)));
    }

    /// <summary>Gives a file this owner where it has another.</summary>
    /// <exception cref="UnauthorizedAccessException">This user may not.</exception>
    public void GiveTo(string path)
    {
        if (Of(path) is { } present && present != this && !Posix.TryChangeOwner(path, User, Group))
            throw new UnauthorizedAccessException($"This user may not keep the owner {User}:{Group} of the file that is replaced.");
    }

    [DllImport("libc", EntryPoint = "statx", SetLastError = true)]
    private static extern int Statx(int folder, [MarshalAs(UnmanagedType.LPUTF8Str)] string path, int flags, uint mask, byte[] buffer);
}
