using UpgradeOps.Engine.Docker;
using UpgradeOps.Engine.Releases.Versions;

namespace UpgradeOps.Engine.Platforms.Compose;

/// <summary>What an image says about itself.</summary>
internal static class ImageIdentity
{
    /// <summary>The registry's digest under which the image was pulled from one of these repositories; null when it never was.</summary>
    public static string? Digest(ImageDetails? image, params IEnumerable<string> repositories) => repositories
        .Select(Familiar)
        .Select(r => image?.RepoDigests?.FirstOrDefault(d => d.StartsWith(r + "@", StringComparison.Ordinal)))
        .FirstOrDefault(d => d is not null)?
        .Split('@')[1];

    /// <summary>
    /// The version: the image's label where it is one, spelled as in the tag when both name the same; else the tag; else whatever the label says.
    /// </summary>
    /// <param name="tag">The tag that the container was made from; null when it was made from an id.</param>
    public static string? Version(ImageDetails? image, string? tag)
    {
        var label = image?.Config?.Labels?.GetValueOrDefault(ContainerLabels.ImageVersion) is { Length: > 0 } text ? text : null;
        if (label is null || SemanticVersion.TryParse(label) is null)
            return tag ?? label;
        return tag is not null && tag.TrimStart('v') == label.TrimStart('v') ? tag : label;
    }

    /// <summary>The tag of a reference; null when it has none.</summary>
    public static string? TagOf(string reference)
    {
        var colon = reference.LastIndexOf(':');
        return colon > reference.LastIndexOf('/') && !reference.Contains('@', StringComparison.Ordinal) && !reference.StartsWith("sha256:", StringComparison.Ordinal)
            ? reference[(colon + 1)..]
            : null;
    }

    /// <summary>A reference without its tag or digest.</summary>
    public static string RepositoryOf(string reference)
    {
        var name = reference.Split('@')[0];
        var colon = name.LastIndexOf(':');
        return colon > name.LastIndexOf('/') ? name[..colon] : name;
    }

    /// <summary>As the engine writes names of Docker Hub: without the registry and <c>library/</c>.</summary>
    public static string Familiar(string repository)
    {
        foreach (var prefix in (string[])["docker.io/library/", "index.docker.io/library/", "docker.io/", "index.docker.io/", "library/"])
        {
            if (repository.StartsWith(prefix, StringComparison.Ordinal))
                return repository[prefix.Length..];
        }

        return repository;
    }
}
