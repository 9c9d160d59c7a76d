using System.Security.Cryptography;
using UpgradeOps.Engine.Backups.Format;
using UpgradeOps.Engine.Backups.Streams;

namespace UpgradeOps.Engine.Backups.Stores;

/// <summary>One file of a backup as it lies on the disk, not trusted before it was verified.</summary>
internal sealed class StoredFile(string folder, BackupFile file)
{
    public BackupFile File { get; } = file;

    public string Path { get; } = System.IO.Path.Combine(folder, file.Path);

    /// <summary>Reads it whole and compares size and SHA-256.</summary>
    /// <exception cref="AppException"><see cref="ErrorIds.BackupDamaged"/>.</exception>
    public async Task VerifyAsync(CancellationToken cancellationToken)
    {
        var stream = OpenRaw();
        await using (stream.ConfigureAwait(false))
        {
            if (stream.Length != File.Size)
                throw Damaged($"it has {stream.Length} bytes instead of {File.Size}");
            byte[] hash;
            try
            {
                hash = await SHA256.HashDataAsync(stream, cancellationToken).ConfigureAwait(false);
            }
            catch (IOException e)
            {
                throw Damaged($"it cannot be read: {e.Message}", e);
            }

            if (Hex.Of(hash) != File.Sha256)
                throw Damaged("its bytes do not match their recorded SHA-256");
        }
    }

    /// <summary>Its content, unpacked. Reading throws <see cref="InvalidDataException"/> or <see cref="EndOfStreamException"/> where it is damaged, or yields more than was recorded.</summary>
    public async Task<Stream> OpenAsync(CancellationToken cancellationToken)
    {
        var raw = OpenRaw();
        return await Packing.OpenAsync(raw, File.Encoding, File.OriginalSize ?? long.MaxValue, cancellationToken).ConfigureAwait(false);
    }

    public AppException Damaged(string what, Exception? inner = null) =>
        new(ErrorIds.BackupDamaged, $"{Path}: {what}.", Path, inner: inner);

    /// <summary>Its bytes as they are stored.</summary>
    public FileStream OpenRaw()
    {
        try
        {
            // A link here would make the restore read a file that is no part of the backup.
            for (var part = Path; part.Length > folder.Length; part = System.IO.Path.GetDirectoryName(part)!)
            {
                if (new FileInfo(part).LinkTarget is not null)
                    throw Damaged($"{part} is a link");
            }

            return new FileStream(Path, FileMode.Open, FileAccess.Read, FileShare.Read, 1 << 17, FileOptions.Asynchronous | FileOptions.SequentialScan);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw Damaged(e is FileNotFoundException or DirectoryNotFoundException ? "it is missing" : $"it cannot be opened: {e.Message}", e);
        }
    }
}
