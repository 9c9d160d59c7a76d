using System.Runtime.ExceptionServices;
using System.Security.Cryptography;
using Amazon.S3;
using Amazon.S3.Model;
using UpgradeOps.Engine.Backups.Streams;

namespace UpgradeOps.Engine.Backups.Stores.S3;

/// <summary>
/// Sends one file, in parts when it is large. It remembers nothing: what was sent before is asked of the server, and a part counts as
/// sent when the server's checksum of it is that of the bytes here. So it goes on after a kill, and from another process.
/// </summary>
internal sealed class S3Upload(S3Bucket bucket, string key, StoredFile stored, Action<long> progress)
{
    /// <summary>Parts on their way at once.</summary>
    private const int AtOnce = 4;

    private readonly PartPlan _plan = PartPlan.Of(stored.File.Size);
    private readonly List<PartDigest> _digests = [];

    /// <exception cref="AppException">One of <c>UpgradeOps.Stores.*</c>, or <see cref="ErrorIds.BackupDamaged"/>: the local file changed.</exception>
    public async Task SendAsync(CancellationToken cancellationToken)
    {
        var there = await HeadAsync(cancellationToken).ConfigureAwait(false);
        // An upload ends at once, so an object is one that was sent whole, by us; its bytes are still compared.
        if (there?.ContentLength == stored.File.Size)
        {
            await ReadAllAsync(static (_, _) => Task.CompletedTask, cancellationToken).ConfigureAwait(false);
            if (IsSame(there))
            {
                progress(stored.File.Size);
                return;
            }

            _digests.Clear();
        }

        if (_plan.IsSingle)
            await PutAsync(cancellationToken).ConfigureAwait(false);
        else
            await SendPartsAsync(cancellationToken).ConfigureAwait(false);
        await VerifyAsync(cancellationToken).ConfigureAwait(false);
    }

    private async Task PutAsync(CancellationToken cancellationToken)
    {
        await ReadAllAsync(static (_, _) => Task.CompletedTask, cancellationToken).ConfigureAwait(false);
        await bucket.InsistAsync(Put, cancellationToken).ConfigureAwait(false);
        progress(stored.File.Size);

        async Task<string> Put(IAmazonS3 s3)
        {
            var request = S3Requests.Put(bucket.Place, key, _digests[0], small: false);
            request.FilePath = stored.Path;
            return Taken((await s3.PutObjectAsync(request, cancellationToken).ConfigureAwait(false)).ETag);
        }
    }

    private async Task SendPartsAsync(CancellationToken cancellationToken)
    {
        var uploadId = await ResumableAsync(cancellationToken).ConfigureAwait(false) ?? await BeginAsync(cancellationToken).ConfigureAwait(false);
        var known = await S3Objects.PartsAsync(bucket, key, uploadId, cancellationToken).ConfigureAwait(false);
        var tags = new PartETag[_plan.Count];
        using var slots = new SemaphoreSlim(AtOnce, AtOnce);
        Exception? failure = null;
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        var sending = new List<Task>();
        try
        {
            await ReadAllAsync(SendAsync, stop.Token).ConfigureAwait(false);
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            // A part failed, which is told below.
        }
        catch
        {
            await stop.CancelAsync().ConfigureAwait(false);
            throw;
        }
        finally
        {
            await Task.WhenAll(sending).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }

        if (failure is not null)
            ExceptionDispatchInfo.Throw(failure);
        await Task.WhenAll(sending).ConfigureAwait(false);
        await CompleteAsync(uploadId, tags, cancellationToken).ConfigureAwait(false);

        async Task SendAsync(int number, PartDigest digest)
        {
            if (known.TryGetValue(number, out var part) && part.Size == _plan.LengthOf(number) && digest.Matches(part.ChecksumSHA256, part.ETag))
            {
                tags[number - 1] = Tag(number, part.ETag, digest);
                progress(_plan.LengthOf(number));
                return;
            }

            await slots.WaitAsync(stop.Token).ConfigureAwait(false);
            sending.Add(PartAsync(number, digest));
        }

        async Task PartAsync(int number, PartDigest digest)
        {
            try
            {
                var etag = await bucket.InsistAsync(
                    async s3 => Taken(
                        (await s3.UploadPartAsync(S3Requests.Part(bucket.Place, key, uploadId, stored.Path, _plan, number, digest), stop.Token).ConfigureAwait(false)).ETag),
                    stop.Token).ConfigureAwait(false);
                tags[number - 1] = Tag(number, etag, digest);
                progress(_plan.LengthOf(number));
            }
            catch (Exception e)
            {
                // What fails afterwards was only broken off.
                Interlocked.CompareExchange(ref failure, e, null);
                await stop.CancelAsync().ConfigureAwait(false);
            }
            finally
            {
                slots.Release();
            }
        }
    }

    /// <summary>The upload of this key that an earlier try began, the newest; others are given up.</summary>
    private async Task<string?> ResumableAsync(CancellationToken cancellationToken)
    {
        var begun = (await S3Objects.UploadsAsync(bucket, key, cancellationToken).ConfigureAwait(false)).Where(u => u.Key == key).ToList();
        foreach (var older in begun.Skip(1))
            await S3Objects.AbortAsync(bucket, key, older.UploadId, cancellationToken).ConfigureAwait(false);
        return begun is [var newest, ..] ? newest.UploadId : null;
    }

    private async Task<string> BeginAsync(CancellationToken cancellationToken) =>
        (await bucket.InsistAsync(s3 => s3.InitiateMultipartUploadAsync(S3Requests.Begin(bucket.Place, key), cancellationToken), cancellationToken).ConfigureAwait(false)).UploadId;

    private Task CompleteAsync(string uploadId, PartETag[] tags, CancellationToken cancellationToken) => bucket.FindAsync(
        s3 => s3.CompleteMultipartUploadAsync(
            new CompleteMultipartUploadRequest { BucketName = bucket.Name, Key = key, UploadId = uploadId, PartETags = [.. tags] }, cancellationToken),
        // An upload that is no longer there was completed by a try whose answer was lost: what is there now is verified next.
        cancellationToken);

    private async Task VerifyAsync(CancellationToken cancellationToken)
    {
        var there = await HeadAsync(cancellationToken).ConfigureAwait(false);
        if (there?.ContentLength == stored.File.Size && (IsSame(there) || await ReadBackAsync(cancellationToken).ConfigureAwait(false)))
            return;
        await S3Objects.DeleteAsync(bucket, [key], cancellationToken).ConfigureAwait(false);
        throw new AppException(
            ErrorIds.StoreFailed, $"{S3Faults.Describe(bucket.Place)} keeps other bytes of {key} than were sent; they were removed there.", S3Faults.Describe(bucket.Place));
    }

    /// <summary>For a server that shows no checksum that can be compared.</summary>
    private async Task<bool> ReadBackAsync(CancellationToken cancellationToken)
    {
        var content = new S3Download(bucket, key, stored.File.Size, first: null, cancellationToken);
        await using (content.ConfigureAwait(false))
            return Hex.Of(await SHA256.HashDataAsync(content, cancellationToken).ConfigureAwait(false)) == stored.File.Sha256;
    }

    private Task<GetObjectMetadataResponse?> HeadAsync(CancellationToken cancellationToken) =>
        bucket.FindAsync(s3 => s3.GetObjectMetadataAsync(S3Requests.Head(bucket.Place, key), cancellationToken), cancellationToken);

    private bool IsSame(GetObjectMetadataResponse there)
    {
        var (checksum, etag) = _plan.IsSingle ? (_digests[0].Checksum, _digests[0].ETag) : PartDigest.OfWhole(_digests);
        return PartDigest.Matches(there.ChecksumSHA256, there.ETag, checksum, etag);
    }

    /// <summary>Reads the file from end to end, part by part, and finds out whether it is still what the manifest says.</summary>
    private async Task ReadAllAsync(Func<int, PartDigest, Task> part, CancellationToken cancellationToken)
    {
        using var whole = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        var buffer = new byte[1 << 17];
        var file = stored.OpenRaw();
        await using (file.ConfigureAwait(false))
        {
            if (file.Length != stored.File.Size)
                throw stored.Damaged($"it has {file.Length} bytes instead of {stored.File.Size}");
            for (var number = 1; number <= _plan.Count; number++)
            {
                var digest = await ReadPartAsync(file, number, whole, buffer, cancellationToken).ConfigureAwait(false);
                _digests.Add(digest);
                await part(number, digest).ConfigureAwait(false);
            }
        }

        if (Hex.Of(whole.GetHashAndReset()) != stored.File.Sha256)
            throw stored.Damaged("its bytes do not match their recorded SHA-256");
    }

    private async Task<PartDigest> ReadPartAsync(FileStream file, int number, IncrementalHash whole, byte[] buffer, CancellationToken cancellationToken)
    {
        try
        {
            return await PartDigest.ReadAsync(file, _plan.LengthOf(number), whole, buffer, cancellationToken).ConfigureAwait(false);
        }
        catch (IOException e)
        {
            throw stored.Damaged($"it cannot be read: {e.Message}", e);
        }
    }

    /// <summary>A server that took the bytes says so with their ETag; without one it was a cut answer, or somebody in between.</summary>
    private static string Taken(string? etag) => string.IsNullOrEmpty(etag) ? throw new FormatException("The answer to the bytes has no ETag.") : etag;

    private static PartETag Tag(int number, string etag, PartDigest digest) => new(number, etag) { ChecksumSHA256 = digest.Checksum };
}
