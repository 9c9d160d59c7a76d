using System.Text.RegularExpressions;
using UpgradeOps.Engine.Apps;
using UpgradeOps.Engine.Apps.Definition;
using UpgradeOps.Engine.Releases.Versions;

namespace UpgradeOps.Engine.Releases.Git;

/// <summary>Releases that are tags of a git repository, heads of branches (a channel <c>branch:main</c>), or single commits.</summary>
internal sealed partial class GitReleaseSource(string appName, ReleasesDefinition releases, GitRepository repository) : IReleaseSource
{
    /// <summary>What a channel's value begins with when it follows a branch.</summary>
    public const string Branch = "branch:";

    /// <summary>A channel of this value means the newest version that is no pre-release, unless a tag has this very name.</summary>
    private const string Latest = "latest";

    private const int ShortId = 12;

    private readonly GitHistory _history = new(appName, releases, repository);

    /// <summary>Tags that are versions, newest first; then the heads of the branches that channels follow.</summary>
    public async Task<IReadOnlyList<Release>> ListAsync(CancellationToken cancellationToken)
    {
        var refs = await repository.FetchAsync(cancellationToken).ConfigureAwait(false);
        var tags = VersionTags.Sort(refs.Tags.Keys).Select(t => Describe(new Found(t.Tag, refs.Tags[t.Tag], t.Tag), null));
        var heads = releases.Channels.OrderBy(c => c.Key, StringComparer.Ordinal)
            .Where(c => c.Value.StartsWith(Branch, StringComparison.Ordinal) && refs.Heads.ContainsKey(c.Value[Branch.Length..]))
            .Select(c => Describe(Head(refs, refs.Heads[c.Value[Branch.Length..]]), c.Key));
        return [.. tags, .. heads];
    }

    public async Task<Release> PeekAsync(string? version, string? channel, CancellationToken cancellationToken)
    {
        var choice = ReleaseChoice.From(releases, appName, version, channel);
        var refs = await repository.AskAsync(cancellationToken).ConfigureAwait(false);
        return Pick(choice, refs) is { } found ? Describe(found, choice.Channel) : choice is ReleaseChoice.Named named && CommitPattern().IsMatch(named.Version)
            ? await ResolveAsync(version, channel, cancellationToken).ConfigureAwait(false)
            : throw NotFound(choice, refs);
    }

    public async Task<Release> ResolveAsync(string? version, string? channel, CancellationToken cancellationToken)
    {
        var choice = ReleaseChoice.From(releases, appName, version, channel);
        var refs = await repository.FetchAsync(cancellationToken).ConfigureAwait(false);
        var found = Pick(choice, refs) ?? await FindCommitAsync(choice, cancellationToken).ConfigureAwait(false) ?? throw NotFound(choice, refs);
        var verified = releases.VerifyTags ? await VerifyAsync(found, cancellationToken).ConfigureAwait(false) : null;
        var commit = await repository.DescribeAsync(verified ?? (found.Tag is { } tag ? GitRefs.RefOfTag(tag) : found.Ref.Commit), cancellationToken).ConfigureAwait(false)
            ?? throw new AppException(
                ErrorIds.RepositoryFailed, $"{repository.Name}: {found.Version} cannot be read as a commit: it is none, or the repository is a shallow copy of another one that does not have it.", found.Version);
        var release = Describe(found with { Ref = found.Ref with { Commit = commit.Id } }, choice.Channel);
        return release with
        {
            SizeBytes = commit.SizeBytes,
            PublishedAt = release.PublishedAt ?? commit.At,
            Notes = await repository.ChangelogAsync(commit.Id, release.Version, cancellationToken).ConfigureAwait(false)
                ?? (found.Tag is null ? null : await repository.AnnotationAsync(found.Tag, cancellationToken).ConfigureAwait(false))
                ?? release.Notes,
        };
    }

    public Task<ReleaseHistory> HistoryAsync(Deployment current, Release release, CancellationToken cancellationToken) =>
        _history.ReadAsync(current, release, cancellationToken);

    private static Found? Pick(ReleaseChoice choice, GitRefs refs)
    {
        if (choice is ReleaseChoice.Tag { Name: var value } && value.StartsWith(Branch, StringComparison.Ordinal))
            return refs.Heads.TryGetValue(value[Branch.Length..], out var head) ? Head(refs, head) : null;
        var names = (IReadOnlyCollection<string>)[.. refs.Tags.Keys];
        var tag = choice switch
        {
            ReleaseChoice.Named named => VersionTags.Spellings(named.Version).Prepend(named.Version).FirstOrDefault(refs.Tags.ContainsKey) ?? VersionTags.Match(named.Version, names),
            ReleaseChoice.Tag { Name: var name } when refs.Tags.ContainsKey(name) => name,
            ReleaseChoice.Tag { Name: Latest } or ReleaseChoice.Newest => VersionTags.Newest(names)?.Tag,
            ReleaseChoice.Pattern pattern => new ChannelPattern(pattern.Value).Newest(names),
            _ => null,
        };
        return tag is null ? null : new Found(tag, refs.Tags[tag], tag);
    }

    /// <summary>A branch's head is called by the version with which it is tagged, else by the branch and the commit.</summary>
    private static Found Head(GitRefs refs, GitRef head) => refs.VersionTagOf(head.Commit) is { } tag
        ? new Found(tag, refs.Tags[tag], tag)
        : new Found($"{FolderPattern().Replace(head.Name, "-")}-{head.Commit[..ShortId]}", head, null);

    private async Task<Found?> FindCommitAsync(ReleaseChoice choice, CancellationToken cancellationToken)
    {
        if (choice is not ReleaseChoice.Named named || CommitPattern().Match(named.Version) is not { Success: true } match)
            return null;
        var digits = match.Groups["id"].Value;
        // A branch or tag may be called like the beginning of an id: then it is what git finds.
        return await repository.DescribeAsync(digits, cancellationToken).ConfigureAwait(false) is { } commit && commit.Id.StartsWith(digits, StringComparison.Ordinal)
            ? new Found(match.Groups["branch"].Success ? named.Version : $"commit-{commit.Id[..ShortId]}", new GitRef(commit.Id, commit.Id, commit.At), null)
            : null;
    }

    /// <returns>The commit that was signed: the tag itself may be moved meanwhile.</returns>
    private async Task<string> VerifyAsync(Found found, CancellationToken cancellationToken)
    {
        if (found.Tag is null)
            throw new AppException(ErrorIds.SignatureInvalid, $"{repository.Name}: {found.Version} is no tag, and only signed tags are installed here (releases.verify).", found.Version);
        return await repository.VerifyTagAsync(found.Tag, cancellationToken).ConfigureAwait(false);
    }

    private AppException NotFound(ReleaseChoice choice, GitRefs refs)
    {
        if (choice is not ReleaseChoice.Tag { Name: var value } || !value.StartsWith(Branch, StringComparison.Ordinal))
            return choice.NotFound(repository.Name, [.. refs.Tags.Keys]);
        var there = VersionTags.Nearest(value[Branch.Length..], [.. refs.Heads.Keys]);
        return new AppException(
            ErrorIds.ReleaseNotFound,
            $"{repository.Name}: there is no branch '{value[Branch.Length..]}', which channel '{choice.Channel}' follows. {(there.Count == 0 ? "It has no branches." : $"There are {string.Join(", ", there)}.")}",
            value);
    }

    private Release Describe(Found found, string? channel)
    {
        var version = FolderPattern().Replace(VersionTag.NameOf(found.Version), "-");
        return new Release
        {
            Name = appName,
            Version = version,
            Tag = found.Tag ?? version,
            Channel = channel,
            Source = repository.Name,
            Digest = GitDigest.Of(found.Ref.Commit),
            PublishedAt = found.Ref.At,
            Notes = ReleaseNotes.AddressOf(releases, SemanticVersion.TryParse(version) is null ? null : version),
        };
    }

    /// <param name="Version">What people call it.</param>
    /// <param name="Tag">Null for a commit that is meant without one.</param>
    private sealed record Found(string Version, GitRef Ref, string? Tag);

    /// <summary>A commit alone, or as a branch's head is called here.</summary>
    [GeneratedRegex(@"\A((?<branch>[A-Za-z0-9][A-Za-z0-9._-]*)-)?(?<id>[0-9a-f]{7,64})\z")]
    private static partial Regex CommitPattern();

    /// <summary>What a release's folder is not called by.</summary>
    [GeneratedRegex(@"\A\.+|[^A-Za-z0-9._+-]")]
    private static partial Regex FolderPattern();
}
