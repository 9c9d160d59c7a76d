using Amazon;
using Amazon.Runtime;
using Amazon.S3;
using UpgradeOps.Engine.Apps.Definition;
using UpgradeOps.Engine.Apps.Secrets;

namespace UpgradeOps.Engine.Backups.Stores.S3;

/// <summary>A bucket with whoever may use it. Only this folder knows the SDK, and nothing of it is loaded before a bucket is opened.</summary>
internal sealed class S3Bucket(S3StoreDefinition place, IAmazonS3 client, TimeProvider time) : IDisposable
{
    /// <summary>Tries of one request after the SDK's own, when bytes are on their way; each waits twice as long as the one before.</summary>
    private const int PatientTries = 5;

    private static readonly TimeSpan FirstPause = TimeSpan.FromSeconds(1);

    public string Name => place.Bucket;

    public S3StoreDefinition Place => place;

    public TimeProvider Time => time;

    /// <exception cref="AppException"><see cref="ErrorIds.SecretNotFound"/>, <see cref="ErrorIds.StoreUnauthorized"/>.</exception>
    public static async Task<S3Bucket> OpenAsync(S3StoreDefinition place, ISecretResolver? secrets, TimeProvider time, CancellationToken cancellationToken)
    {
        AWSCredentials? credentials = null;
        if (place is { AccessKey: { } access, SecretKey: { } secret })
        {
            if (secrets is null)
                throw new AppException(ErrorIds.SecretNotFound, $"The secret {secret} was not found: nothing here resolves secrets.", secret);
            credentials = new BasicAWSCredentials(
                await secrets.ResolveAsync(access, cancellationToken).ConfigureAwait(false), await secrets.ResolveAsync(secret, cancellationToken).ConfigureAwait(false));
        }

        try
        {
            return new S3Bucket(place, credentials is null ? new AmazonS3Client(Configuration(place)) : new AmazonS3Client(credentials, Configuration(place)), time);
        }
        catch (Exception e) when (S3Faults.IsSdk(e))
        {
            throw S3Faults.Explain(e, place);
        }
    }

    /// <summary>Asks once; the SDK itself tries twice more.</summary>
    public Task<T> AskAsync<T>(Func<IAmazonS3, Task<T>> request, CancellationToken cancellationToken) => RunAsync(request, tries: 1, cancellationToken);

    /// <summary>Asks until it is done, or has failed for about half a minute.</summary>
    public Task<T> InsistAsync<T>(Func<IAmazonS3, Task<T>> request, CancellationToken cancellationToken) => RunAsync(request, PatientTries, cancellationToken);

    /// <summary>What is not there is null.</summary>
    public async Task<T?> FindAsync<T>(Func<IAmazonS3, Task<T>> request, CancellationToken cancellationToken)
        where T : class
    {
        return await RunAsync<T?>(Look, PatientTries, cancellationToken).ConfigureAwait(false);

        async Task<T?> Look(IAmazonS3 s3)
        {
            try
            {
                return await request(s3).ConfigureAwait(false);
            }
            catch (AmazonS3Exception e) when (S3Faults.IsMissing(e))
            {
                return null;
            }
        }
    }

    public void Dispose() => client.Dispose();

    private async Task<T> RunAsync<T>(Func<IAmazonS3, Task<T>> request, int tries, CancellationToken cancellationToken)
    {
        var pause = FirstPause;
        for (var left = tries - 1; ; left--)
        {
            try
            {
                return await request(client).ConfigureAwait(false);
            }
            catch (Exception e) when (!cancellationToken.IsCancellationRequested && left > 0 && S3Faults.MayPass(e))
            {
                // Tried again below.
            }
            catch (Exception e) when (S3Faults.IsSdk(e) || (!cancellationToken.IsCancellationRequested && S3Faults.IsNetwork(e)))
            {
                throw S3Faults.Explain(e, place);
            }

            await Task.Delay(pause, time, cancellationToken).ConfigureAwait(false);
            pause *= 2;
        }
    }

    private static AmazonS3Config Configuration(S3StoreDefinition place)
    {
        var configuration = new AmazonS3Config
        {
            ForcePathStyle = place.PathStyle,
            RetryMode = RequestRetryMode.Standard,
            MaxErrorRetry = 2,
            // A part on a slow line takes its time; a server that does not even take the connection is told soon.
            Timeout = TimeSpan.FromMinutes(10),
            ConnectTimeout = TimeSpan.FromSeconds(10),
            // Newer checksums in trailers are more than many other servers understand; ours are given by name.
            RequestChecksumCalculation = RequestChecksumCalculation.WHEN_REQUIRED,
            ResponseChecksumValidation = ResponseChecksumValidation.WHEN_REQUIRED,
        };
        if (place.Endpoint is { } endpoint)
        {
            configuration.ServiceURL = endpoint;
            configuration.AuthenticationRegion = place.Region ?? "us-east-1";
        }
        else if (place.Region is { } region)
        {
            configuration.RegionEndpoint = RegionEndpoint.GetBySystemName(region);
        }

        return configuration;
    }
}
