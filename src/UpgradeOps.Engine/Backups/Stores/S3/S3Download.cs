using Amazon.Runtime;
using Amazon.S3;
using Amazon.S3.Model;
using UpgradeOps.Engine.Backups.Streams;
using UpgradeOps.Engine.Streams;

namespace UpgradeOps.Engine.Backups.Stores.S3;

/// <summary>Reads an object from start to end. A connection that breaks or stands still is made anew, from the byte where it was.</summary>
/// <param name="size">Bytes that it must have.</param>
/// <param name="first">An answer that was begun already; null to ask when the first byte is read.</param>
internal sealed class S3Download(S3Bucket bucket, string key, long size, GetObjectResponse? first, CancellationToken closing) : ReadOnlyStream
{
    /// <summary>Breaks in a row without a single byte between them.</summary>
    private const int MostBreaks = 4;

    private static readonly TimeSpan Stall = TimeSpan.FromSeconds(60);

    private GetObjectResponse? _answer = first;
    private long _position;
    private int _breaks;

    public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
    {
        if (_position >= size || buffer.Length == 0)
            return 0;
        while (true)
        {
            try
            {
                _answer ??= await OpenAsync(cancellationToken).ConfigureAwait(false);
                var read = await ReadAsync(_answer.ResponseStream, buffer[..(int)Math.Min(buffer.Length, size - _position)], cancellationToken).ConfigureAwait(false);
                if (read > 0)
                {
                    _breaks = 0;
                    _position += read;
                    return read;
                }

                throw new EndOfStreamException($"{key} ended after {_position} bytes of {size}");
            }
            catch (Exception e) when (S3Faults.IsSdk(e))
            {
                throw S3Faults.Explain(e, bucket.Place);
            }
            catch (Exception e) when (!cancellationToken.IsCancellationRequested && S3Faults.IsNetwork(e))
            {
                HangUp();
                if (++_breaks > MostBreaks)
                    throw S3Faults.Explain(e, bucket.Place);
            }
        }
    }

    protected override void Dispose(bool disposing)
    {
        HangUp();
        base.Dispose(disposing);
    }

    private async Task<int> ReadAsync(Stream stream, Memory<byte> buffer, CancellationToken cancellationToken)
    {
        using var patience = new CancellationTokenSource(Stall, bucket.Time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, closing, patience.Token);
        return await stream.ReadAsync(buffer, either.Token).ConfigureAwait(false);
    }

    private Task<GetObjectResponse> OpenAsync(CancellationToken cancellationToken) => bucket.InsistAsync(
        s3 => s3.GetObjectAsync(
            new GetObjectRequest { BucketName = bucket.Name, Key = key, ByteRange = _position > 0 ? new ByteRange(_position, size - 1) : null }, cancellationToken),
        cancellationToken);

    private void HangUp()
    {
        try
        {
            _answer?.Dispose();
        }
        catch (AmazonClientException)
        {
            // The SDK takes every ETag for an MD5. Ours is the SHA-256 of the whole, which whoever reads compares.
        }

        _answer = null;
    }
}
