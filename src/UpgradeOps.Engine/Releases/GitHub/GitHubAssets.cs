using System.Text;
using UpgradeOps.Engine.Apps.Definition;
using UpgradeOps.Engine.Releases.Git;
using UpgradeOps.Engine.Releases.Versions;

namespace UpgradeOps.Engine.Releases.GitHub;

/// <summary>Finds the asset of a release that the definition means, and what its publisher says its bytes are.</summary>
internal sealed class GitHubAssets(GitHubDefinition github, GitHubApi api)
{
    private const int LargestChecksums = 4 << 20;

    private static readonly string[] Usual =
    [
        "{asset}.sha256", "{asset}.sha512", "{asset}.sha256sum", "{asset}.sha512sum", "checksums.txt", "SHA256SUMS", "SHA512SUMS", "SHA256SUMS.txt", "SHA512SUMS.txt",
        "sha256sums.txt", "sha256sum.txt", "checksums_sha256.txt",
    ];

    public string Name => api.Name;

    public GitHubDefinition Definition => github;

    public GitHubApi Api => api;

    /// <summary>The asset's name in a release.</summary>
    public string NameIn(GitHubRelease release) => Fill(github.Asset, release);

    /// <exception cref="AppException">
    /// <see cref="ErrorIds.AssetMissing"/>, <see cref="ErrorIds.ChecksumMissing"/>, or <see cref="ErrorIds.DigestMismatch"/> when publisher and GitHub contradict each other.
    /// </exception>
    public async Task<ChosenAsset> ChooseAsync(GitHubRelease release, CancellationToken cancellationToken)
    {
        var wanted = NameIn(release);
        var names = release.Assets.Select(a => a.Name).ToList();
        var asset = release.Assets.FirstOrDefault(a => a.Name == wanted)
            ?? throw new AppException(
                ErrorIds.AssetMissing,
                $"{api.Name}: release {release.Tag} has no asset '{wanted}'{(names.Count == 0 ? ", and no other one; its upload may not have ended" : $". Of its {names.Count}, the nearest are {string.Join(", ", VersionTags.Nearest(wanted, names))}")}.",
                $"{api.Name}:{release.Tag}");
        if (github.Checksums == GitHubDefinition.NoChecksums)
            return new ChosenAsset(release, asset, [], null);

        var files = github.Checksums is { } declared
            ? [Find(release, Fill(declared, release).Replace("{asset}", wanted, StringComparison.Ordinal)) ?? throw NoChecksum(release, wanted, $"has no asset '{Fill(declared, release).Replace("{asset}", wanted, StringComparison.Ordinal)}'")]
            : Candidates(release, wanted);
        foreach (var file in files)
        {
            if (await ReadAsync(release, file, wanted, cancellationToken).ConfigureAwait(false) is { Count: > 0 } found)
                return Agreeing(new ChosenAsset(release, asset, found, file.Name));
        }

        throw files.Count == 0
            ? NoChecksum(release, wanted, "has no file of checksums under any of the usual names (checksums.txt, SHA256SUMS, …)")
            : NoChecksum(release, wanted, $"has {string.Join(", ", files.Select(f => f.Name))}, which does not name it");
    }

    /// <summary>The same, of a release that is found by its tag.</summary>
    /// <inheritdoc cref="ChooseAsync(GitHubRelease, CancellationToken)"/>
    public async Task<ChosenAsset> ChooseAsync(string tag, CancellationToken cancellationToken)
    {
        var release = (await api.ListAsync(cancellationToken).ConfigureAwait(false)).FirstOrDefault(r => r.Tag == tag)
            ?? throw new AppException(ErrorIds.ReleaseNotFound, $"{api.Name}: release {tag} is not there any more.", $"{api.Name}:{tag}");
        return await ChooseAsync(release, cancellationToken).ConfigureAwait(false);
    }

    /// <summary>A version without the v that tags begin with.</summary>
    public static string Plain(string tag) => tag.Length > 1 && tag[0] is 'v' or 'V' && char.IsAsciiDigit(tag[1]) ? tag[1..] : tag;

    private static string Fill(string name, GitHubRelease release) =>
        name.Replace("{version}", Plain(release.Tag), StringComparison.Ordinal).Replace("{tag}", release.Tag, StringComparison.Ordinal);

    private static GitHubAsset? Find(GitHubRelease release, string name) => release.Assets.FirstOrDefault(a => a.Name == name);

    /// <summary>Those of all names that are usual, one asset's own first; goreleaser puts the project and its version before its own.</summary>
    private static IReadOnlyList<GitHubAsset> Candidates(GitHubRelease release, string asset) =>
    [
        .. Usual.Select(u => Find(release, u.Replace("{asset}", asset, StringComparison.Ordinal))).OfType<GitHubAsset>(),
        .. release.Assets.Where(a => a.Name.EndsWith("_checksums.txt", StringComparison.OrdinalIgnoreCase) || a.Name.EndsWith("-checksums.txt", StringComparison.OrdinalIgnoreCase)).OrderBy(a => a.Name, StringComparer.Ordinal),
    ];

    private async Task<IReadOnlyList<string>> ReadAsync(GitHubRelease release, GitHubAsset file, string wanted, CancellationToken cancellationToken)
    {
        if (file.Size > LargestChecksums)
            throw NoChecksum(release, wanted, $"has {file.Name} with {file.Size} bytes, which is no file of checksums");
        var bytes = await api.ReadAsync(file, cancellationToken).ConfigureAwait(false);
        if (bytes.Length != file.Size || (file.Digest is { } digest && !Registry.Digest.Matches(digest, bytes)))
            throw new AppException(ErrorIds.DigestMismatch, $"{api.Name}: {file.Name} of release {release.Tag} is not what GitHub says that it is ({file.Size} bytes, {file.Digest ?? "no digest"}).", $"{api.Name}:{release.Tag}", Distrust);
        try
        {
            return ChecksumFile.Find(Encoding.UTF8.GetString(bytes), wanted, alone: file.Name.StartsWith(wanted, StringComparison.Ordinal));
        }
        catch (FormatException e)
        {
            throw NoChecksum(release, wanted, $"has {GitText.Line(file.Name)}, but {e.Message}");
        }
    }

    /// <summary>Told before anything is fetched: the bytes cannot be both.</summary>
    private ChosenAsset Agreeing(ChosenAsset chosen)
    {
        var other = chosen.Published.FirstOrDefault(p => chosen.Asset.Digest is { } own && p.Length == own.Length && p != own);
        return other is null ? chosen : throw new AppException(
            ErrorIds.DigestMismatch,
            $"{api.Name}: {chosen.Asset.Name} of release {chosen.Release.Tag} has {chosen.Asset.Digest} by GitHub, and {other} by {chosen.ChecksumFile}: one of them was replaced.",
            $"{api.Name}:{chosen.Release.Tag}", Distrust);
    }

    private AppException NoChecksum(GitHubRelease release, string asset, string why) => new(
        ErrorIds.ChecksumMissing, $"{api.Name}: nothing tells what {asset} of release {release.Tag} must be: the release {why}.", $"{api.Name}:{release.Tag}");

    /// <summary>The next thing to do where bytes are not what they should be.</summary>
    public const string Distrust = "Do not install this release; tell its publisher.";
}
