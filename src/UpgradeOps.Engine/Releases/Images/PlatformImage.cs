using UpgradeOps.Engine.Releases.Registry;

namespace UpgradeOps.Engine.Releases.Images;

/// <summary>The one image behind a tag that runs here.</summary>
internal sealed record OpenedImage(ManifestDocument Manifest, ImageConfig Config);

/// <summary>Goes from a tag's digest to the image for one platform: through the index where there is one.</summary>
internal sealed class PlatformImage(OciRegistryClient registry, ImagePlatform platform)
{
    private const int MaxDepth = 3;

    /// <exception cref="AppException"><see cref="ErrorIds.ReleaseWrongPlatform"/>: it was not built for this platform.</exception>
    public async Task<OpenedImage> OpenAsync(string digest, string tag, CancellationToken cancellationToken)
    {
        var document = await registry.GetManifestAsync(digest, cancellationToken).ConfigureAwait(false);
        for (var depth = 0; document.Config is null; depth++)
        {
            if (depth == MaxDepth)
                throw RegistryErrors.Unreadable(registry.Image.Text, $"index {digest}", "it points to indexes without end");
            document = await registry.GetManifestAsync(Choose(document, tag).Digest, cancellationToken).ConfigureAwait(false);
        }

        var config = await registry.GetConfigAsync(document.Config.Digest, cancellationToken).ConfigureAwait(false);
        return config.Platform.IsUnknown || platform.Rank(config.Platform) is not null
            ? new OpenedImage(document, config)
            : throw WrongPlatform(tag, [config.Platform]);
    }

    /// <summary>The best fit; an entry that names no platform is looked into only when there is no other.</summary>
    private ContentDescriptor Choose(ManifestDocument index, string tag)
    {
        var images = index.Manifests.Where(m => MediaTypes.IsManifest(m.MediaType) || MediaTypes.IsIndex(m.MediaType)).ToList();
        var best = images.Where(m => m.Platform is not null && platform.Rank(m.Platform) is not null).MinBy(m => platform.Rank(m.Platform!));
        return best ?? images.Find(m => m.Platform is null) ?? throw WrongPlatform(tag, [.. images.Select(m => m.Platform!).Where(p => !p.IsUnknown)]);
    }

    private AppException WrongPlatform(string tag, IReadOnlyList<ImagePlatform> there)
    {
        var list = there.Count == 0 ? "no platform at all" : string.Join(", ", there.Select(p => p.ToString()).Distinct());
        return new AppException(ErrorIds.ReleaseWrongPlatform, $"{registry.Image}:{tag} was built for {list}, not for {platform}.", $"{registry.Image}:{tag}");
    }
}
