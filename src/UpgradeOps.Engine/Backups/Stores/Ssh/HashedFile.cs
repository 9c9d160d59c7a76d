using System.Security.Cryptography;
using UpgradeOps.Engine.Backups.Streams;
using UpgradeOps.Engine.Streams;

namespace UpgradeOps.Engine.Backups.Stores.Ssh;

/// <summary>A local file of a backup that is read from any byte on and hashed on the way, its beginning too: whether it is still what the manifest says is known at its end.</summary>
internal sealed class HashedFile : IDisposable
{
    private readonly StoredFile _stored;
    private readonly FileStream _file;
    private readonly byte[] _buffer = new byte[1 << 17];
    private long _position;
    private IncrementalHash _hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);

    /// <exception cref="AppException"><see cref="ErrorIds.BackupDamaged"/>.</exception>
    public HashedFile(StoredFile stored)
    {
        (_stored, _file) = (stored, stored.OpenRaw());
        if (_file.Length == stored.File.Size)
            return;
        var length = _file.Length;
        Dispose();
        throw stored.Damaged($"it has {length} bytes instead of {stored.File.Size}");
    }

    /// <summary>Reads up to a byte, from the beginning when it is behind it.</summary>
    /// <returns>SHA-256 of all before it, in lower case hexadecimal.</returns>
    /// <exception cref="AppException"><see cref="ErrorIds.BackupDamaged"/>: it cannot be read so far.</exception>
    public async Task<string> HashAsync(long length, CancellationToken cancellationToken)
    {
        if (_position > length)
        {
            _hash.Dispose();
            _hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
            _position = 0;
        }

        while (_position < length)
        {
            if (await ReadAsync(_buffer.AsMemory(0, (int)Math.Min(_buffer.Length, length - _position)), cancellationToken).ConfigureAwait(false) == 0)
                throw _stored.Damaged($"it ends after {_position} bytes");
        }

        return Hex.Of(_hash.GetCurrentHash());
    }

    /// <summary>What follows, once; disposing it leaves the file open.</summary>
    /// <param name="reached">Told how far it was read.</param>
    public Stream Rest(Action<long> reached) => new Remainder(this, reached);

    /// <exception cref="AppException"><see cref="ErrorIds.BackupDamaged"/>: what was read to its end is not what was recorded.</exception>
    public void ExpectWhole()
    {
        if (Hex.Of(_hash.GetCurrentHash()) != _stored.File.Sha256)
            throw _stored.Damaged("its bytes do not match their recorded SHA-256");
    }

    public void Dispose()
    {
        _hash.Dispose();
        _file.Dispose();
    }

    private async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken)
    {
        try
        {
            // By position: a read that was broken off may have moved the stream's own.
            var count = await RandomAccess.ReadAsync(_file.SafeFileHandle, buffer, _position, cancellationToken).ConfigureAwait(false);
            _hash.AppendData(buffer.Span[..count]);
            _position += count;
            return count;
        }
        catch (IOException e)
        {
            throw _stored.Damaged($"it cannot be read: {e.Message}", e);
        }
    }

    private sealed class Remainder(HashedFile file, Action<long> reached) : ReadOnlyStream
    {
        public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
        {
            // What was read before was passed on before this is asked for.
            reached(file._position);
            return await file.ReadAsync(buffer, cancellationToken).ConfigureAwait(false);
        }
    }
}
