using Amazon.Runtime;
using Amazon.S3;
using Amazon.S3.Model;
using UpgradeOps.Engine.Apps.Definition;

namespace UpgradeOps.Engine.Backups.Stores.S3;

/// <summary>The requests that write, with what the definition asks of the server.</summary>
internal static class S3Requests
{
    public static InitiateMultipartUploadRequest Begin(S3StoreDefinition place, string key)
    {
        var request = new InitiateMultipartUploadRequest { BucketName = place.Bucket, Key = key, ChecksumAlgorithm = ChecksumAlgorithm.SHA256 };
        if (place.StorageClass is { } storageClass)
            request.StorageClass = new S3StorageClass(storageClass);
        if (place.ServerSideEncryption is { } encryption)
            request.ServerSideEncryptionMethod = new ServerSideEncryptionMethod(encryption);
        request.ServerSideEncryptionKeyManagementServiceKeyId = place.KmsKey;
        return request;
    }

    /// <summary>Sent from the file itself: nothing of it is held in memory, and another try reads it again.</summary>
    public static UploadPartRequest Part(S3StoreDefinition place, string key, string uploadId, string file, PartPlan plan, int number, PartDigest digest) => new()
    {
        BucketName = place.Bucket,
        Key = key,
        UploadId = uploadId,
        PartNumber = number,
        FilePath = file,
        FilePosition = plan.OffsetOf(number),
        PartSize = plan.LengthOf(number),
        ChecksumAlgorithm = ChecksumAlgorithm.SHA256,
        ChecksumSHA256 = digest.Checksum,
        // The signature covers the bytes, so that also a server without checksums refuses changed ones.
        UseChunkEncoding = false,
    };

    /// <param name="small">The manifest and what else is small stays in the bucket's own storage class: there is a least size to pay for.</param>
    public static PutObjectRequest Put(S3StoreDefinition place, string key, PartDigest digest, bool small)
    {
        var request = new PutObjectRequest
        {
            BucketName = place.Bucket,
            Key = key,
            ContentType = "application/octet-stream",
            ChecksumAlgorithm = ChecksumAlgorithm.SHA256,
            ChecksumSHA256 = digest.Checksum,
            UseChunkEncoding = false,
        };
        if (place.StorageClass is { } storageClass && !small)
            request.StorageClass = new S3StorageClass(storageClass);
        if (place.ServerSideEncryption is { } encryption)
            request.ServerSideEncryptionMethod = new ServerSideEncryptionMethod(encryption);
        request.ServerSideEncryptionKeyManagementServiceKeyId = place.KmsKey;
        return request;
    }

    public static GetObjectMetadataRequest Head(S3StoreDefinition place, string key) =>
        new() { BucketName = place.Bucket, Key = key, ChecksumMode = ChecksumMode.ENABLED };
}
