using UpgradeOps.Engine.Hosts.Durable;
using UpgradeOps.Engine.Json;

namespace UpgradeOps.Engine.Backups.Format;

/// <summary>Reads and writes <c>manifest.json</c>.</summary>
internal static class ManifestFile
{
    public const string Name = "manifest.json";

    private const int LongestManifest = 64 << 20;

    public static byte[] ToBytes(BackupManifest manifest) =>
        ManifestSeal.Put(EngineJson.Write(manifest with { Seal = ManifestSeal.Blank }, indented: true) + "\n");

    /// <summary>Replaces the manifest in a folder at once.</summary>
    public static void Write(string folder, BackupManifest manifest) =>
        DurableFile.WriteAtomic(Path.Combine(folder, Name), ToBytes(manifest));

    /// <exception cref="AppException"><see cref="ErrorIds.BackupDamaged"/>: not there, not whole, of a newer format, or it names files outside the folder.</exception>
    public static BackupManifest Read(string folder)
    {
        var path = Path.Combine(folder, Name);
        return Parse(ReadBytes(path), path);
    }

    /// <param name="path">Where it was read, for errors.</param>
    /// <exception cref="AppException"><see cref="ErrorIds.BackupDamaged"/>.</exception>
    public static BackupManifest Parse(byte[] bytes, string path)
    {
        var manifest = EngineJson.Read<BackupManifest>(bytes, ErrorIds.BackupDamaged, path);
        if (manifest.Format > BackupManifest.NewestFormat)
        {
            throw new AppException(
                ErrorIds.BackupDamaged,
                $"{path}: format {manifest.Format} is newer than this program knows ({BackupManifest.NewestFormat}).",
                path,
                "Use the newer UpgradeOps that wrote it.");
        }

        if (!ManifestSeal.IsWhole(bytes))
            throw Damaged(path, "its bytes do not match its seal");
        foreach (var file in manifest.Files)
        {
            if (!BackupPaths.IsInside(file.Path))
                throw Damaged(path, $"it names the file '{file.Path}', which is not inside the backup");
        }

        return manifest;
    }

    private static byte[] ReadBytes(string path)
    {
        try
        {
            var file = new FileInfo(path);
            if (file.LinkTarget is not null)
                throw Damaged(path, "it is a link");
            if (file.Exists && file.Length > LongestManifest)
                throw Damaged(path, $"it has {file.Length} bytes, more than any manifest");
            return File.ReadAllBytes(path);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new AppException(ErrorIds.BackupDamaged, $"{path}: cannot be read: {e.Message}", path, inner: e);
        }
    }

    private static AppException Damaged(string path, string what) => new(ErrorIds.BackupDamaged, $"{path}: {what}.", path);
}
