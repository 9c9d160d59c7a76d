using System.Globalization;
using System.Text.Json;
using UpgradeOps.Engine.Releases.Git;
using UpgradeOps.Engine.Releases.Registry;

namespace UpgradeOps.Engine.Releases.GitHub;

/// <summary>A published release as the API tells it.</summary>
/// <param name="Notes">What its author wrote, without what a terminal would act on; null when nothing.</param>
/// <param name="Page">Where a person reads it; null when the server names no address.</param>
internal sealed record GitHubRelease(string Tag, bool IsPrerelease, DateTimeOffset? PublishedAt, string? Notes, string? Page, IReadOnlyList<GitHubAsset> Assets)
{
    private const int LongestNotes = 8 * 1024;

    /// <returns>All but drafts, which are nobody's business yet.</returns>
    /// <exception cref="FormatException">It is no list of releases.</exception>
    public static IReadOnlyList<GitHubRelease> ReadList(byte[] json) => Reading(json, list => (IReadOnlyList<GitHubRelease>)[.. list.EnumerateArray().Where(r => !Flag(r, "draft")).Select(Read)]);

    /// <exception cref="FormatException">It is no release.</exception>
    public static GitHubRelease ReadOne(byte[] json) => Reading(json, Read);

    private static T Reading<T>(byte[] json, Func<JsonElement, T> read)
    {
        try
        {
            using var document = JsonDocument.Parse(json);
            return read(document.RootElement);
        }
        catch (Exception e) when (e is JsonException or InvalidOperationException or KeyNotFoundException)
        {
            throw new FormatException(e.Message, e);
        }
    }

    private static GitHubRelease Read(JsonElement release) => new(
        release.GetProperty("tag_name").GetString() is { Length: > 0 } tag ? tag : throw new FormatException("a release has no tag"),
        Flag(release, "prerelease"),
        DateTimeOffset.TryParse(Text(release, "published_at"), CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out var at) ? at : null,
        Text(release, "body") is { } body && GitText.Lines(body).Trim() is { Length: > 0 } notes ? notes.Length > LongestNotes ? notes[..LongestNotes] + "…" : notes : null,
        Text(release, "html_url") is { } page && Uri.TryCreate(page, UriKind.Absolute, out var uri) && uri.Scheme is "https" or "http" ? uri.AbsoluteUri : null,
        release.TryGetProperty("assets", out var assets) && assets.ValueKind == JsonValueKind.Array ? [.. assets.EnumerateArray().Where(IsWhole).Select(GitHubAsset.Read)] : []);

    /// <summary>An asset whose upload has not ended has another state.</summary>
    private static bool IsWhole(JsonElement asset) => Text(asset, "state") is null or "uploaded";

    private static bool Flag(JsonElement element, string name) => element.TryGetProperty(name, out var value) && value.ValueKind == JsonValueKind.True;

    private static string? Text(JsonElement element, string name) => element.TryGetProperty(name, out var value) && value.ValueKind == JsonValueKind.String ? value.GetString() : null;
}

/// <param name="Digest">What GitHub itself counted when it was uploaded; null for assets of before June 2025, and on older servers.</param>
internal sealed record GitHubAsset(long Id, string Name, long Size, string? Digest)
{
    public static GitHubAsset Read(JsonElement asset)
    {
        var digest = asset.TryGetProperty("digest", out var value) && value.ValueKind == JsonValueKind.String ? value.GetString()!.ToLowerInvariant() : null;
        var size = asset.GetProperty("size").GetInt64();
        return new GitHubAsset(
            asset.GetProperty("id").GetInt64(),
            asset.GetProperty("name").GetString() is { Length: > 0 } name ? name : throw new FormatException("an asset has no name"),
            size >= 0 ? size : throw new FormatException("an asset has no size"),
            Registry.Digest.IsValid(digest) ? digest : null);
    }
}
