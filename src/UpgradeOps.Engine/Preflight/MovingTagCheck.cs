using UpgradeOps.Engine.Apps.Definition;
using UpgradeOps.Engine.Platforms;

namespace UpgradeOps.Engine.Preflight;

/// <summary>Tells that a channel's tag moves: whoever re-creates the containers later may get another version than the one that was proved.</summary>
internal static class MovingTagCheck
{
    public static IEnumerable<Finding> Run(AppDefinition definition, PlatformTarget target)
    {
        var release = target.Release;
        if (target.IsRecorded || release.Channel is null || !definition.Releases.Channels.Values.Contains(release.Tag))
            yield break;

        var pin = release.Version == release.Tag ? "-Version <version>" : $"-Version {release.Version}";
        yield return Findings.Of(FindingSeverity.Information, ErrorIds.MovingTag, $"{release.Source}:{release.Tag}",
            $"'{release.Tag}' is a moving tag (channel {release.Channel}). This update pins the digest that it resolved to, but a later 'pull' by hand would bring whatever the tag means then.",
            $"For critical deployments try the channel on a staging machine first, and pin the version here: Invoke-AppUpdate {definition.Name} {pin}.");
    }
}
