using System.Runtime.InteropServices;

namespace UpgradeOps.Engine.Releases.Registry;

/// <summary>Operating system and processor in the words of image indexes: <c>linux/amd64</c>, <c>linux/arm/v7</c>.</summary>
internal sealed record ImagePlatform(string Os, string Architecture, string? Variant = null)
{
    /// <summary>What containers on this machine are: Linux, also under Windows and macOS.</summary>
    public static ImagePlatform OfThisMachine() => RuntimeInformation.OSArchitecture switch
    {
        System.Runtime.InteropServices.Architecture.X64 => new("linux", "amd64"),
        System.Runtime.InteropServices.Architecture.X86 => new("linux", "386"),
        System.Runtime.InteropServices.Architecture.Arm64 => new("linux", "arm64", "v8"),
        System.Runtime.InteropServices.Architecture.Arm => new("linux", "arm", "v7"),
        System.Runtime.InteropServices.Architecture.Armv6 => new("linux", "arm", "v6"),
        var other => new("linux", other.ToString().ToLowerInvariant()),
    };

    /// <summary>True for entries that are no image, such as the attestations that builders add.</summary>
    public bool IsUnknown => Os is "unknown" or "" || Architecture is "unknown" or "";

    /// <returns>How well an image built for <paramref name="image"/> runs here: 0 best, null not at all.</returns>
    public int? Rank(ImagePlatform image)
    {
        if (image.Os != Os || image.Architecture != Architecture)
            return null;
        if (image.Variant == Variant)
            return 0;
        return Architecture switch
        {
            "arm" => Level(Variant ?? "v7") - Level(image.Variant ?? "v7") is var below and >= 0 ? below + 1 : null,
            "amd64" => Level(image.Variant ?? "v1"), // no variant or v1 runs everywhere; for a higher one the engine has the last word
            _ => image.Variant is null || Variant is null ? 1 : null,
        };
    }

    public override string ToString() => Variant is null ? $"{Os}/{Architecture}" : $"{Os}/{Architecture}/{Variant}";

    private static int Level(string variant) => int.TryParse(variant.TrimStart('v'), out var level) ? level : 0;
}
