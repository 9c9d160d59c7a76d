using System.Text;
using System.Text.Json;
using System.Text.Json.Serialization;

namespace UpgradeOps.Engine.Docker;

internal sealed record ImageSummary
{
    public required string Id { get; init; }

    /// <summary>Each <c>repository:tag</c>.</summary>
    public IReadOnlyList<string>? RepoTags { get; init; }

    /// <summary>Each <c>repository@sha256:…</c>.</summary>
    public IReadOnlyList<string>? RepoDigests { get; init; }

    public long Size { get; init; }
}

internal sealed record ImageDetails
{
    public required string Id { get; init; }

    public IReadOnlyList<string>? RepoTags { get; init; }

    public IReadOnlyList<string>? RepoDigests { get; init; }

    /// <summary>As Go names it.</summary>
    public string Architecture { get; init; } = "";

    public string Os { get; init; } = "";

    /// <summary>Bytes on disk, layers shared with other images included.</summary>
    public long Size { get; init; }

    public ImageConfig? Config { get; init; }
}

internal sealed record ImageConfig
{
    public Dictionary<string, string>? Labels { get; init; }

    /// <summary>Paths for which a container gets anonymous volumes.</summary>
    public Dictionary<string, JsonElement>? Volumes { get; init; }
}

internal sealed record DistributionDetails(DistributionDescriptor Descriptor);

internal sealed record DistributionDescriptor(string Digest);

/// <summary>Credentials that the engine passes on to a registry.</summary>
internal sealed record PullCredentials
{
    [JsonPropertyName("username")]
    public string? User { get; init; }

    [JsonPropertyName("password")]
    public string? Password { get; init; }

    [JsonPropertyName("identitytoken")]
    public string? IdentityToken { get; init; }

    [JsonPropertyName("serveraddress")]
    public string? ServerAddress { get; init; }

    /// <summary>The value of <c>X-Registry-Auth</c>.</summary>
    public string ToHeader() => Convert.ToBase64String(JsonSerializer.SerializeToUtf8Bytes(this, DockerJson.Default.PullCredentials))
        .Replace('+', '-')
        .Replace('/', '_');

    public override string ToString() => $"PullCredentials({User})";
}

/// <summary>One line of a pull's answer.</summary>
internal sealed record PullLine(string? Status, string? Id, PullLineProgress? ProgressDetail, string? Error, PullLineError? ErrorDetail);

internal sealed record PullLineProgress(long? Current, long? Total);

internal sealed record PullLineError(string? Message);
