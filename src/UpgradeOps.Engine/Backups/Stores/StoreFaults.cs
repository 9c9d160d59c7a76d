using UpgradeOps.Engine.Backups.Format;
using UpgradeOps.Engine.Hosts.Durable;

namespace UpgradeOps.Engine.Backups.Stores;

/// <summary>What the file system throws while a backup is written, in the words of the catalogue.</summary>
internal static class StoreFaults
{
    public static bool IsDiskFull(IOException e) => DiskFull.Is(e);

    public static T Translate<T>(string folder, Func<T> work)
    {
        try
        {
            return work();
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw Of(e, folder, null, 0);
        }
    }

    /// <param name="source">What was being copied; null when it was none.</param>
    /// <param name="written">Bytes that found room before.</param>
    public static AppException Of(Exception e, string folder, string? source, long written)
    {
        var what = source is null ? "" : $" while {source} was backed up";
        return e is IOException io && IsDiskFull(io)
            ? new AppException(ErrorIds.DiskTooFull, $"The disk that holds {folder} became full{what}, after {ByteText.Of(written)}. Nothing of this backup is kept.", folder, inner: e)
            : new AppException(ErrorIds.BackupFailed, $"{folder} cannot be written to{what}: {e.Message}", folder, inner: e);
    }
}
