using UpgradeOps.Engine.Apps;
using UpgradeOps.Engine.Apps.Definition;
using UpgradeOps.Engine.Hosts;
using UpgradeOps.Engine.Releases.Versions;

namespace UpgradeOps.Engine.Releases.Folder;

/// <summary>Releases that are the subfolders of one folder, each named by its version.</summary>
internal sealed class FolderReleaseSource(string appName, ReleasesDefinition releases, string folder, IHostFiles files) : IReleaseSource
{
    /// <summary>A channel of this value means the newest version that is no pre-release, unless a folder has this very name.</summary>
    private const string Latest = "latest";

    public async Task<IReadOnlyList<Release>> ListAsync(CancellationToken cancellationToken)
    {
        var folders = await FoldersAsync(cancellationToken).ConfigureAwait(false);
        return [.. VersionTags.Sort(folders.Keys).Select(t => Describe(folders[t.Tag], null))];
    }

    /// <summary>Without digest: that would take reading every byte.</summary>
    public async Task<Release> PeekAsync(string? version, string? channel, CancellationToken cancellationToken)
    {
        var choice = ReleaseChoice.From(releases, appName, version, channel);
        var folders = await FoldersAsync(cancellationToken).ConfigureAwait(false);
        return Pick(choice, folders.Keys) is { } name ? Describe(folders[name], choice.Channel) : throw choice.NotFound(folder, folders.Keys);
    }

    public async Task<Release> ResolveAsync(string? version, string? channel, CancellationToken cancellationToken)
    {
        var release = await PeekAsync(version, channel, cancellationToken).ConfigureAwait(false);
        var content = await FolderDigest.ComputeAsync(files, HostPath.Join(folder, release.Tag), cancellationToken).ConfigureAwait(false);
        return release with { Digest = content.Digest, SizeBytes = content.SizeBytes };
    }

    private static string? Pick(ReleaseChoice choice, IReadOnlyCollection<string> names) => choice switch
    {
        ReleaseChoice.Named named => VersionTags.Spellings(named.Version).Prepend(named.Version).FirstOrDefault(names.Contains) ?? VersionTags.Match(named.Version, names),
        ReleaseChoice.Tag tag when names.Contains(tag.Name) => tag.Name,
        ReleaseChoice.Tag { Name: Latest } => VersionTags.Newest(names)?.Tag,
        ReleaseChoice.Pattern pattern => new ChannelPattern(pattern.Value).Newest(names),
        ReleaseChoice.Newest => VersionTags.Newest(names)?.Tag,
        _ => null,
    };

    /// <summary>Links are other names of releases, and what begins with a dot is somebody's work in progress.</summary>
    private async Task<Dictionary<string, HostFile>> FoldersAsync(CancellationToken cancellationToken)
    {
        var there = await files.StatAsync(folder, cancellationToken).ConfigureAwait(false);
        if (there is not ({ IsFolder: true } or { LinkTarget: not null }))
            throw new AppException(ErrorIds.ReleaseNotFound, $"{appName}: there is no folder {folder}, where its releases should be.", folder, "Correct releases.folder in the definition.");
        var entries = await files.ListAsync(folder, cancellationToken).ConfigureAwait(false);
        return entries.Where(e => e.IsFolder && e.LinkTarget is null && !e.Name.StartsWith('.')).ToDictionary(e => e.Name, StringComparer.Ordinal);
    }

    private Release Describe(HostFile entry, string? channel) => new()
    {
        Name = appName,
        Version = VersionTag.NameOf(entry.Name),
        Tag = entry.Name,
        Channel = channel,
        Source = folder,
        PublishedAt = entry.ModifiedAt,
        Notes = ReleaseNotes.AddressOf(releases, SemanticVersion.TryParse(entry.Name) is null ? null : VersionTag.NameOf(entry.Name)),
    };
}
