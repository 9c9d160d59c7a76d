using System.Text;
using Amazon.S3;
using Amazon.S3.Model;
using UpgradeOps.Engine.Apps.Definition;
using UpgradeOps.Engine.Apps.Secrets;
using UpgradeOps.Engine.Backups.Format;

namespace UpgradeOps.Engine.Backups.Stores.S3;

/// <summary>
/// Backups in a bucket, below <c>prefix/application/id/</c>, with the same files as in the folder. The manifest is written last and removed
/// first: without it nothing is listed.
/// </summary>
internal sealed class S3Store(S3StoreDefinition place, string application, ISecretResolver? secrets, TimeProvider time) : IRemoteStore
{
    private const long LongestManifest = 64 << 20;

    private readonly SemaphoreSlim _opening = new(1, 1);
    private readonly string _root = place.Prefix.Length == 0 ? $"{application}/" : $"{place.Prefix}/{application}/";

    // Its type is of the SDK's assembly: nothing that is done without a bucket touches it.
    private S3Bucket? _bucket;

    public string Name => "s3";

    public string LocationOf(string backupId) => $"s3://{place.Bucket}/{_root}{backupId}";

    public async Task<IReadOnlyList<string>> ListAsync(CancellationToken cancellationToken)
    {
        var bucket = await OpenAsync(cancellationToken).ConfigureAwait(false);
        const string End = "/" + ManifestFile.Name;
        return
        [
            .. (await S3Objects.KeysAsync(bucket, _root, cancellationToken).ConfigureAwait(false))
                .Where(k => k.EndsWith(End, StringComparison.Ordinal))
                .Select(k => k[_root.Length..^End.Length])
                .Where(BackupPaths.IsId)
                .OrderDescending(StringComparer.Ordinal),
        ];
    }

    public async Task<BackupManifest> ReadAsync(string backupId, CancellationToken cancellationToken)
    {
        var location = $"{LocationOf(backupId)}/{ManifestFile.Name}";
        if (!BackupPaths.IsId(backupId))
            throw NotFound(backupId);
        var bucket = await OpenAsync(cancellationToken).ConfigureAwait(false);
        var bytes = await TryReadAsync(bucket, KeyOf(backupId, ManifestFile.Name), cancellationToken).ConfigureAwait(false) ?? throw NotFound(backupId);
        var manifest = ManifestFile.Parse(bytes, location);
        return manifest.BackupId == backupId && manifest.Name == application
            ? manifest
            : throw new AppException(ErrorIds.BackupDamaged, $"{location}: it is the manifest of backup '{manifest.BackupId}' of {manifest.Name}.", backupId);
    }

    public async Task WriteAsync(BackupManifest manifest, CancellationToken cancellationToken)
    {
        var bucket = await OpenAsync(cancellationToken).ConfigureAwait(false);
        await PutAsync(bucket, KeyOf(manifest.BackupId, ManifestFile.Name), ManifestFile.ToBytes(manifest), cancellationToken).ConfigureAwait(false);
    }

    public async Task UploadAsync(BackupManifest manifest, FolderBackupStore from, Action<long> progress, CancellationToken cancellationToken)
    {
        var bucket = await OpenAsync(cancellationToken).ConfigureAwait(false);
        var (key, bytes) = (KeyOf(manifest.BackupId, ManifestFile.Name), ManifestFile.ToBytes(manifest));
        if (await TryReadAsync(bucket, key, cancellationToken).ConfigureAwait(false) is { } there)
        {
            if (there.AsSpan().SequenceEqual(bytes))
                return;
            // Whether only its proof is newer or it was made anew: until all files are compared it is not listed.
            await S3Objects.DeleteAsync(bucket, [key], cancellationToken).ConfigureAwait(false);
        }

        try
        {
            foreach (var file in manifest.Files)
                await new S3Upload(bucket, KeyOf(manifest.BackupId, file.Path), from.Open(manifest, file), progress).SendAsync(cancellationToken).ConfigureAwait(false);
            await PutAsync(bucket, KeyOf(manifest.BackupId, BackupPaths.Sums), Encoding.UTF8.GetBytes(ChecksumList.Of(manifest.Files)), cancellationToken).ConfigureAwait(false);
            await PutAsync(bucket, key, bytes, cancellationToken).ConfigureAwait(false);
        }
        catch (AppException e) when (e.ErrorId == ErrorIds.StoreFull)
        {
            // What cannot become whole takes no more room from what is.
            await TryRemoveAsync(manifest.BackupId, cancellationToken).ConfigureAwait(false);
            throw;
        }

        if (await TryReadAsync(bucket, key, cancellationToken).ConfigureAwait(false) is not { } written || !written.AsSpan().SequenceEqual(bytes))
            throw new AppException(ErrorIds.StoreFailed, $"{LocationOf(manifest.BackupId)}: the manifest that was written is not what can be read there.", place.Bucket);
    }

    public async Task<Stream> OpenAsync(BackupManifest manifest, BackupFile file, CancellationToken cancellationToken)
    {
        var bucket = await OpenAsync(cancellationToken).ConfigureAwait(false);
        var key = KeyOf(manifest.BackupId, file.Path);
        var there = await bucket.FindAsync(s3 => s3.GetObjectMetadataAsync(new GetObjectMetadataRequest { BucketName = bucket.Name, Key = key }, cancellationToken), cancellationToken)
            .ConfigureAwait(false);
        return there?.ContentLength == file.Size
            ? new S3Download(bucket, key, file.Size, first: null, cancellationToken)
            : throw new AppException(
                ErrorIds.BackupDamaged,
                $"s3://{place.Bucket}/{key}: {(there is null ? "it is missing" : $"it has {there.ContentLength} bytes instead of {file.Size}")}.",
                manifest.BackupId);
    }

    public async Task RemoveAsync(string backupId, CancellationToken cancellationToken)
    {
        if (!BackupPaths.IsId(backupId))
            return;
        var bucket = await OpenAsync(cancellationToken).ConfigureAwait(false);
        var folder = $"{_root}{backupId}/";
        await S3Objects.DeleteAsync(bucket, [KeyOf(backupId, ManifestFile.Name)], cancellationToken).ConfigureAwait(false);
        await S3Objects.AbortAllAsync(bucket, folder, cancellationToken).ConfigureAwait(false);
        await S3Objects.DeleteAsync(bucket, await S3Objects.KeysAsync(bucket, folder, cancellationToken).ConfigureAwait(false), cancellationToken).ConfigureAwait(false);
    }

    public async Task ClearAsync(string backupId, CancellationToken cancellationToken)
    {
        var bucket = await OpenAsync(cancellationToken).ConfigureAwait(false);
        if (await TryReadAsync(bucket, KeyOf(backupId, ManifestFile.Name), cancellationToken).ConfigureAwait(false) is null)
            await RemoveAsync(backupId, cancellationToken).ConfigureAwait(false);
    }

    public ValueTask DisposeAsync()
    {
        _bucket?.Dispose();
        _opening.Dispose();
        return ValueTask.CompletedTask;
    }

    private async Task TryRemoveAsync(string backupId, CancellationToken cancellationToken)
    {
        try
        {
            await RemoveAsync(backupId, cancellationToken).ConfigureAwait(false);
        }
        catch (AppException)
        {
            // It is not listed; the next copy removes it.
        }
    }

    private async Task<byte[]?> TryReadAsync(S3Bucket bucket, string key, CancellationToken cancellationToken)
    {
        var answer = await bucket.FindAsync(s3 => s3.GetObjectAsync(new GetObjectRequest { BucketName = bucket.Name, Key = key }, cancellationToken), cancellationToken)
            .ConfigureAwait(false);
        if (answer is null)
            return null;
        if (answer.ContentLength > LongestManifest)
            throw new AppException(ErrorIds.BackupDamaged, $"s3://{place.Bucket}/{key}: it has {answer.ContentLength} bytes, more than any manifest.", key);
        using var content = new MemoryStream();
        var body = new S3Download(bucket, key, answer.ContentLength, answer, cancellationToken);
        await using (body.ConfigureAwait(false))
            await body.CopyToAsync(content, cancellationToken).ConfigureAwait(false);
        return content.ToArray();
    }

    private async Task PutAsync(S3Bucket bucket, string key, byte[] bytes, CancellationToken cancellationToken)
    {
        var digest = PartDigest.Of(bytes);
        await bucket.InsistAsync(Put, cancellationToken).ConfigureAwait(false);

        Task<PutObjectResponse> Put(IAmazonS3 s3)
        {
            var request = S3Requests.Put(place, key, digest, small: true);
            request.InputStream = new MemoryStream(bytes);
            return s3.PutObjectAsync(request, cancellationToken);
        }
    }

    private string KeyOf(string backupId, string path) => $"{_root}{backupId}/{path}";

    private AppException NotFound(string backupId) => new(ErrorIds.BackupNotFound, $"There is no backup '{backupId}' in s3://{place.Bucket}/{_root}.", backupId);

    private async Task<S3Bucket> OpenAsync(CancellationToken cancellationToken)
    {
        await _opening.WaitAsync(cancellationToken).ConfigureAwait(false);
        try
        {
            return _bucket ??= await S3Bucket.OpenAsync(place, secrets, time, cancellationToken).ConfigureAwait(false);
        }
        finally
        {
            _opening.Release();
        }
    }
}
