using System.Security.Cryptography;
using UpgradeOps.Engine.Streams;

namespace UpgradeOps.Engine.Backups.Streams;

/// <summary>Passes on what is written, and counts and hashes it.</summary>
internal sealed class HashingStream(Stream output) : WriteOnlyStream
{
    private readonly IncrementalHash _hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);

    public long Count { get; private set; }

    /// <summary>SHA-256 of all bytes so far, in lower case hexadecimal.</summary>
    public string Sha256() => Hex.Of(_hash.GetCurrentHash());

    public override async ValueTask WriteAsync(ReadOnlyMemory<byte> buffer, CancellationToken cancellationToken = default)
    {
        var writing = output.WriteAsync(buffer, cancellationToken);
        _hash.AppendData(buffer.Span); // while the disk is at work
        await writing.ConfigureAwait(false);
        Count += buffer.Length;
    }

    public override Task FlushAsync(CancellationToken cancellationToken) => output.FlushAsync(cancellationToken);

    protected override void Dispose(bool disposing)
    {
        if (disposing)
            _hash.Dispose();
    }
}
