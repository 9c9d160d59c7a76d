using System.Text;
using UpgradeOps.Engine.Backups.Format;
using UpgradeOps.Engine.Backups.Stores;

namespace UpgradeOps.Engine.Backups.Proof;

/// <summary>Every file is there with its size and SHA-256, and nothing else is.</summary>
internal sealed class ChecksumProof(FolderBackupStore store)
{
    /// <exception cref="AppException"><see cref="ErrorIds.BackupDamaged"/>, naming the file.</exception>
    public async Task<string> ProveAsync(BackupManifest manifest, CancellationToken cancellationToken)
    {
        var folder = store.LocationOf(manifest.BackupId);
        foreach (var file in manifest.Files)
            await store.Open(manifest, file).VerifyAsync(cancellationToken).ConfigureAwait(false);
        CheckSums(folder, manifest);
        CheckNothingElse(folder, manifest);
        return $"{manifest.Files.Count} files, {ByteText.Of(manifest.Files.Sum(f => f.Size))}: every size and SHA-256 as recorded";
    }

    /// <summary>A list for <c>sha256sum</c> that is wrong would mislead the person who restores by hand.</summary>
    private static void CheckSums(string folder, BackupManifest manifest)
    {
        var path = Path.Combine(folder, BackupPaths.Sums);
        byte[] sums;
        try
        {
            sums = File.ReadAllBytes(path);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new AppException(ErrorIds.BackupDamaged, $"{path}: cannot be read: {e.Message}", path, inner: e);
        }

        if (!sums.AsSpan().SequenceEqual(Encoding.UTF8.GetBytes(ChecksumList.Of(manifest.Files))))
            throw new AppException(ErrorIds.BackupDamaged, $"{path}: does not list what the manifest lists.", path);
    }

    private static void CheckNothingElse(string folder, BackupManifest manifest)
    {
        var known = manifest.Files.Select(f => f.Path).Append(ManifestFile.Name).Append(BackupPaths.Sums).ToHashSet(StringComparer.Ordinal);
        foreach (var path in Directory.EnumerateFiles(folder, "*", SearchOption.AllDirectories))
        {
            if (!known.Contains(Path.GetRelativePath(folder, path).Replace('\\', '/')))
                throw new AppException(ErrorIds.BackupDamaged, $"{path}: is no part of the backup.", path, "Move the file elsewhere.");
        }
    }
}
