using System.Globalization;
using System.Security.Cryptography;
using System.Text.Json.Nodes;

namespace UpgradeOps.TestKit;

/// <summary>A release as its author publishes it.</summary>
public sealed record PublishedRelease(string Tag, IReadOnlyDictionary<string, byte[]> Assets)
{
    public bool Draft { get; init; }

    public bool Prerelease { get; init; }

    public string? Body { get; init; }

    public DateTimeOffset PublishedAt { get; init; } = new(2026, 3, 1, 12, 0, 0, TimeSpan.Zero);

    /// <summary>False for what was uploaded before GitHub counted digests.</summary>
    public bool HasDigests { get; init; } = true;

    /// <summary>Of assets whose upload has not ended.</summary>
    public IReadOnlyCollection<string> Unfinished { get; init; } = [];

    /// <summary>What GitHub says instead of the real digest of an asset.</summary>
    public IReadOnlyDictionary<string, string> ClaimedDigests { get; init; } = new Dictionary<string, string>();
}

/// <summary>Answers of GitHub's REST API, as it writes them.</summary>
public static class GitHubShapes
{
    /// <param name="api">Where the API answers, without a slash at its end.</param>
    /// <param name="assetId">The number of an asset, by its name.</param>
    public static JsonObject Release(string api, string repository, int id, PublishedRelease release, Func<string, long> assetId)
    {
        var page = $"https://github.com/{repository}/releases/tag/{release.Tag}";
        return new JsonObject
        {
            ["url"] = $"{api}/repos/{repository}/releases/{id}",
            ["assets_url"] = $"{api}/repos/{repository}/releases/{id}/assets",
            ["html_url"] = page,
            ["id"] = id,
            ["node_id"] = $"RE_{id}",
            ["tag_name"] = release.Tag,
            ["target_commitish"] = "main",
            ["name"] = release.Tag,
            ["draft"] = release.Draft,
            ["immutable"] = false,
            ["prerelease"] = release.Prerelease,
            ["created_at"] = Moment(release.PublishedAt.AddMinutes(-1)),
            ["published_at"] = release.Draft ? null : Moment(release.PublishedAt),
            ["assets"] = new JsonArray([.. release.Assets.Select(a => Asset(api, repository, assetId(a.Key), release, a.Key, a.Value))]),
            ["tarball_url"] = $"{api}/repos/{repository}/tarball/{release.Tag}",
            ["zipball_url"] = $"{api}/repos/{repository}/zipball/{release.Tag}",
            ["body"] = release.Body,
        };
    }

    public static JsonObject Error(string message, int status) => new()
    {
        ["message"] = message,
        ["documentation_url"] = "https://docs.github.com/rest",
        ["status"] = status.ToString(CultureInfo.InvariantCulture),
    };

    public static string Sha256(byte[] bytes) => Convert.ToHexString(SHA256.HashData(bytes)).ToLowerInvariant();

    private static JsonObject Asset(string api, string repository, long id, PublishedRelease release, string name, byte[] bytes) => new()
    {
        ["url"] = $"{api}/repos/{repository}/releases/assets/{id}",
        ["id"] = id,
        ["node_id"] = $"RA_{id}",
        ["name"] = name,
        ["label"] = "",
        ["uploader"] = new JsonObject { ["login"] = "octocat", ["id"] = 1 },
        ["content_type"] = "application/octet-stream",
        ["state"] = release.Unfinished.Contains(name) ? "starter" : "uploaded",
        ["size"] = bytes.Length,
        ["digest"] = release.HasDigests ? release.ClaimedDigests.GetValueOrDefault(name) ?? $"sha256:{Sha256(bytes)}" : null,
        ["download_count"] = 42,
        ["created_at"] = Moment(release.PublishedAt),
        ["updated_at"] = Moment(release.PublishedAt),
        ["browser_download_url"] = $"https://github.com/{repository}/releases/download/{release.Tag}/{name}",
    };

    private static string Moment(DateTimeOffset at) => at.UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm:ss'Z'", CultureInfo.InvariantCulture);
}
