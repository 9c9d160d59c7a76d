namespace UpgradeOps.Integration.Stores;

/// <summary>One S3 server for all tests of the folder; each test has a bucket of its own.</summary>
public sealed class S3Fixture : IAsyncLifetime
{
    private S3Server? _server;

    public S3Server Server => _server ?? throw new InvalidOperationException("Ask Needs first.");

    public async ValueTask InitializeAsync()
    {
        if (Require.Has(Part.S3))
            _server = await S3Server.StartAsync();
    }

    public async Task<string> NewBucketAsync()
    {
        var bucket = $"t{Guid.NewGuid().ToString("N")[..12]}";
        await Server.CreateBucketAsync(bucket);
        return bucket;
    }

    public async ValueTask DisposeAsync()
    {
        if (_server is not null)
            await _server.DisposeAsync();
    }
}

[CollectionDefinition(Name)]
public sealed class S3Tests : ICollectionFixture<S3Fixture>
{
    public const string Name = "s3";
}
