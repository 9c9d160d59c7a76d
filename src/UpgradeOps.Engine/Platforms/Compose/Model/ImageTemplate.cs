namespace UpgradeOps.Engine.Platforms.Compose.Model;

/// <summary>How an image reference contains the variable: <c>ghcr.io/jhandel/kmp:v${TAG}-slim</c>.</summary>
/// <param name="Repository">Without tag.</param>
/// <param name="Prefix">What stands before the variable in the tag.</param>
/// <param name="Suffix">What stands behind it.</param>
internal sealed record ImageTemplate(string Repository, string Prefix, string Suffix)
{
    /// <param name="image">A reference in which a probe stands for the variable's value.</param>
    /// <returns>Null when the variable is not (part of) the tag.</returns>
    public static ImageTemplate? Of(string image, string probe)
    {
        var at = image.IndexOf(probe, StringComparison.Ordinal);
        if (at < 0 || image.IndexOf(probe, at + 1, StringComparison.Ordinal) >= 0 || image.Contains('@', StringComparison.Ordinal))
            return null;
        var colon = image.LastIndexOf(':');
        return colon > image.LastIndexOf('/') && colon < at
            ? new ImageTemplate(image[..colon], image[(colon + 1)..at], image[(at + probe.Length)..])
            : null;
    }

    /// <summary>The tag for a value of the variable.</summary>
    public string TagOf(string value) => Prefix + value + Suffix;

    /// <returns>The variable's value for a tag; null when the tag has not the template's form.</returns>
    public string? ValueOf(string tag) =>
        tag.Length > Prefix.Length + Suffix.Length && tag.StartsWith(Prefix, StringComparison.Ordinal) && tag.EndsWith(Suffix, StringComparison.Ordinal)
            ? tag[Prefix.Length..^Suffix.Length]
            : null;
}
