namespace UpgradeOps.Engine.Releases.Registry;

/// <summary>Kinds of manifests. A registry that is not told all of them may answer with an older kind, under another digest.</summary>
internal static class MediaTypes
{
    public const string OciIndex = "application/vnd.oci.image.index.v1+json";
    public const string OciManifest = "application/vnd.oci.image.manifest.v1+json";
    public const string DockerIndex = "application/vnd.docker.distribution.manifest.list.v2+json";
    public const string DockerManifest = "application/vnd.docker.distribution.manifest.v2+json";

    /// <summary>The same list, in the same order, that an engine sends when it pulls.</summary>
    public static readonly IReadOnlyList<string> Manifests = [OciIndex, DockerIndex, OciManifest, DockerManifest];

    public static bool IsIndex(string? mediaType) => mediaType is OciIndex or DockerIndex;

    public static bool IsManifest(string? mediaType) => mediaType is OciManifest or DockerManifest;
}
