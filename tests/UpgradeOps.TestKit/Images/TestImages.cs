namespace UpgradeOps.TestKit;

/// <summary>Fills a registry with the test application's releases and moves its tags, as its publisher would.</summary>
public sealed class TestImages(RegistryServer registry)
{
    public RegistryServer Registry => registry;

    /// <summary>Where the application's image is asked for: the registry, unless something stands in front of it.</summary>
    public string Host { get; init; } = registry.Host;

    /// <summary>The application's image name without a tag.</summary>
    public string Repository => $"{Host}/{KmpImage.Repository}";

    /// <summary>v1.0.0 as latest, v1.1.0 as beta, the unhealthy v1.2.0 as dev, v1.3.0 as nightly.</summary>
    public async Task PublishAllAsync()
    {
        await PublishAsync(KmpRelease.V100, "v1.0.0", "latest");
        await PublishAsync(KmpRelease.V110, "v1.1.0", "beta");
        await PublishAsync(KmpRelease.V120, "v1.2.0", "dev");
        await PublishAsync(KmpRelease.V130, "v1.3.0", "nightly");
    }

    /// <summary>Pushes a release under its version, or under the given tags, which move when they exist; gives its digest.</summary>
    public async Task<string> PublishAsync(KmpRelease release, params string[] tags) =>
        await PublishImageAsync(await KmpImage.BuildAsync(release), [.. tags.DefaultIfEmpty(release.Version)]);

    public async Task<string> PublishImageAsync(Image image, params string[] tags)
    {
        using var owner = registry.CreateOwner(KmpImage.Repository);
        return await new ImagePush(owner, KmpImage.Repository).PushAsync(image, tags);
    }

    /// <summary>Pushes a release for amd64 and arm64 under one index, as published images are today.</summary>
    public async Task<string> PublishIndexAsync(KmpRelease release, params string[] tags)
    {
        var index = new ImageIndex(new Dictionary<string, Image>
        {
            ["amd64"] = await KmpImage.BuildAsync(release, oci: true),
            ["arm64"] = await KmpImage.BuildAsync(release, oci: true, architecture: "arm64"),
        });
        using var owner = registry.CreateOwner(KmpImage.Repository);
        return await new ImagePush(owner, KmpImage.Repository).PushIndexAsync(index, [.. tags.DefaultIfEmpty(release.Version)]);
    }

    /// <summary>Removes what a digest names, as a publisher who cleans up does.</summary>
    public async Task WithdrawAsync(string digest)
    {
        using var owner = registry.CreateOwner(KmpImage.Repository);
        using var answer = await owner.DeleteAsync($"v2/{KmpImage.Repository}/manifests/{digest}");
        answer.EnsureSuccessStatusCode();
    }

    /// <summary>Pushes a database server image; gives its full name.</summary>
    public async Task<string> PublishDatabaseAsync(DatabaseKind kind)
    {
        var (repository, tag, image) = kind switch
        {
            DatabaseKind.Postgres => (PostgresImage.Repository, PostgresImage.Major, await PostgresImage.GetAsync()),
            DatabaseKind.MariaDb => (MariaDbImage.Repository, "latest", await MariaDbImage.GetAsync()),
            _ => throw new ArgumentOutOfRangeException(nameof(kind)),
        };
        await EngineCache.HoldAsync(repository, image);
        using var owner = registry.CreateOwner(repository);
        await new ImagePush(owner, repository).PushAsync(image, tag);
        return $"{registry.Host}/{repository}:{tag}";
    }
}
