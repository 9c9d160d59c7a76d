using UpgradeOps.Engine.Apps.Definition;

namespace UpgradeOps.Engine.Apps;

/// <summary>Where a person reads what changed. An address is made from the definition; nothing is fetched.</summary>
internal static class ReleaseNotes
{
    /// <param name="version">The version to read about; null when it is not known (a moving tag without a version).</param>
    /// <returns>An http(s) address; null when the definition names no place.</returns>
    public static string? AddressOf(ReleasesDefinition releases, string? version)
    {
        if (releases.Notes is not { } notes)
            return null;
        if (notes.StartsWith("github:", StringComparison.Ordinal))
        {
            var page = $"https://github.com/{notes["github:".Length..]}/releases";
            return version is null ? page : $"{page}/tag/{Uri.EscapeDataString(version)}";
        }

        return version is null && notes.Contains("{version}", StringComparison.Ordinal)
            ? null
            : notes.Replace("{version}", version is null ? "" : Uri.EscapeDataString(version), StringComparison.Ordinal);
    }
}
