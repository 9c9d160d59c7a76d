using UpgradeOps.Engine.Releases;
using UpgradeOps.Engine.State;

namespace UpgradeOps.Engine.Updates.Planning;

/// <summary>Which releases failed here, as they are remembered: by digest, so that a tag behind which something new stands is not bad any more.</summary>
internal static class BadReleases
{
    public static KnownBadVersion? Find(AppMemory memory, Release release) =>
        memory.KnownBad.FirstOrDefault(b => b.Digest is null ? b.Version == release.Version : b.Digest == release.Digest);

    public static TakenBackVersion? FindTakenBack(AppMemory memory, Release release) =>
        memory.TakenBack.FirstOrDefault(b => b.Digest is null ? b.Version == release.Version : b.Digest == release.Digest);

    public static string Describe(TakenBackVersion back) => $"{back.Version} was taken back by {back.By} on {back.At:u}";

    public static string Describe(KnownBadVersion bad) => $"{bad.Version} failed here on {bad.At:u}: {bad.Reason}";

    /// <summary>The exact command that tries it all the same.</summary>
    public static string Insist(Release release) =>
        $"Choose another version (Get-AppRelease -Name {release.Name}), or insist: Invoke-AppUpdate -Name {release.Name} -Version {release.Tag} -Force";

    public static KnownBadRelease Show(KnownBadVersion bad, string name) => new()
    {
        Name = name,
        Version = bad.Version,
        Digest = bad.Digest,
        ErrorId = bad.ErrorId,
        Reason = bad.Reason,
        At = bad.At,
        OperationId = bad.OperationId,
    };

    /// <summary>Marks those of a list that failed here, or that a person took back. A list has no digests: only what bears a bad one's version is looked at closer.</summary>
    public static async Task<IReadOnlyList<Release>> MarkAsync(
        IReadOnlyList<Release> list, AppMemory memory, IReleaseSource source, CancellationToken cancellationToken)
    {
        if (memory.KnownBad.Count + memory.TakenBack.Count == 0)
            return list;
        var versions = memory.KnownBad.Select(b => b.Version).Concat(memory.TakenBack.Select(b => b.Version)).ToHashSet(StringComparer.Ordinal);
        var marked = new List<Release>(list.Count);
        foreach (var release in list)
        {
            var known = release.Digest is null && (versions.Contains(release.Version) || versions.Contains(release.Tag))
                ? await PinAsync(release, source, cancellationToken).ConfigureAwait(false)
                : release;
            var (bad, back) = (Find(memory, known), FindTakenBack(memory, known));
            marked.Add(bad is null && back is null ? release : release with
            {
                Digest = known.Digest,
                KnownBad = bad is null ? null : Describe(bad),
                TakenBack = back is null ? null : Describe(back),
            });
        }

        return marked;
    }

    private static async Task<Release> PinAsync(Release release, IReleaseSource source, CancellationToken cancellationToken)
    {
        try
        {
            var peeked = await source.PeekAsync(release.Tag, null, cancellationToken).ConfigureAwait(false);
            return peeked.Digest is not null ? peeked : await source.ResolveAsync(release.Tag, null, cancellationToken).ConfigureAwait(false);
        }
        catch (AppException)
        {
            // A mark is not worth the list.
            return release;
        }
    }
}
