using Amazon.S3.Model;

namespace UpgradeOps.Engine.Backups.Stores.S3;

/// <summary>What a bucket holds below a prefix: finished objects, and uploads that were begun.</summary>
internal static class S3Objects
{
    public static async Task<IReadOnlyList<string>> KeysAsync(S3Bucket bucket, string prefix, CancellationToken cancellationToken)
    {
        var keys = new List<string>();
        var request = new ListObjectsV2Request { BucketName = bucket.Name, Prefix = prefix };
        ListObjectsV2Response page;
        do
        {
            page = await bucket.AskAsync(s3 => s3.ListObjectsV2Async(request, cancellationToken), cancellationToken).ConfigureAwait(false);
            keys.AddRange((page.S3Objects ?? []).Select(o => o.Key));
            request.ContinuationToken = page.NextContinuationToken;
        }
        while (page.IsTruncated == true);
        return keys;
    }

    /// <summary>Newest first.</summary>
    public static async Task<IReadOnlyList<MultipartUpload>> UploadsAsync(S3Bucket bucket, string prefix, CancellationToken cancellationToken)
    {
        var uploads = new List<MultipartUpload>();
        var request = new ListMultipartUploadsRequest { BucketName = bucket.Name, Prefix = prefix };
        ListMultipartUploadsResponse page;
        do
        {
            page = await bucket.InsistAsync(s3 => s3.ListMultipartUploadsAsync(request, cancellationToken), cancellationToken).ConfigureAwait(false);
            uploads.AddRange(page.MultipartUploads ?? []);
            (request.KeyMarker, request.UploadIdMarker) = (page.NextKeyMarker, page.NextUploadIdMarker);
        }
        while (page.IsTruncated == true);
        return [.. uploads.OrderByDescending(u => u.Initiated)];
    }

    /// <summary>By number.</summary>
    public static async Task<IReadOnlyDictionary<int, PartDetail>> PartsAsync(S3Bucket bucket, string key, string uploadId, CancellationToken cancellationToken)
    {
        var parts = new Dictionary<int, PartDetail>();
        var request = new ListPartsRequest { BucketName = bucket.Name, Key = key, UploadId = uploadId };
        ListPartsResponse page;
        do
        {
            page = await bucket.InsistAsync(s3 => s3.ListPartsAsync(request, cancellationToken), cancellationToken).ConfigureAwait(false);
            foreach (var part in page.Parts ?? [])
                parts[part.PartNumber ?? 0] = part;
            request.PartNumberMarker = page.NextPartNumberMarker?.ToString(System.Globalization.CultureInfo.InvariantCulture);
        }
        while (page.IsTruncated == true);
        return parts;
    }

    /// <summary>Gives up uploads below a prefix, with the parts that were sent.</summary>
    public static async Task AbortAllAsync(S3Bucket bucket, string prefix, CancellationToken cancellationToken)
    {
        foreach (var upload in await UploadsAsync(bucket, prefix, cancellationToken).ConfigureAwait(false))
            await AbortAsync(bucket, upload.Key, upload.UploadId, cancellationToken).ConfigureAwait(false);
    }

    public static Task AbortAsync(S3Bucket bucket, string key, string uploadId, CancellationToken cancellationToken) => bucket.FindAsync(
        s3 => s3.AbortMultipartUploadAsync(new AbortMultipartUploadRequest { BucketName = bucket.Name, Key = key, UploadId = uploadId }, cancellationToken), cancellationToken);

    /// <summary>One by one: not every server knows how to delete many at once.</summary>
    public static async Task DeleteAsync(S3Bucket bucket, IEnumerable<string> keys, CancellationToken cancellationToken)
    {
        foreach (var key in keys)
        {
            await bucket.FindAsync(s3 => s3.DeleteObjectAsync(new DeleteObjectRequest { BucketName = bucket.Name, Key = key }, cancellationToken), cancellationToken)
                .ConfigureAwait(false);
        }
    }
}
