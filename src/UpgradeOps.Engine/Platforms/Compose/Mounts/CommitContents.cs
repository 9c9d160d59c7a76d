using UpgradeOps.Engine.Releases.Git;

namespace UpgradeOps.Engine.Platforms.Compose.Mounts;

/// <summary>Contents of files of a commit, wherever they stand in it.</summary>
internal static class CommitContents
{
    /// <param name="sources">Paths of the repository.</param>
    /// <exception cref="AppException"><see cref="ErrorIds.PlanStale"/>: the commit has no such file.</exception>
    public static async Task<IReadOnlyDictionary<string, byte[]>> ReadAsync(GitRepository repository, string commit, IReadOnlyList<string> sources, CancellationToken cancellationToken)
    {
        var contents = new Dictionary<string, byte[]>();
        foreach (var folder in sources.GroupBy(s => s.LastIndexOf('/') is var slash and > 0 ? s[..slash] : ""))
        {
            var prefix = folder.Key.Length == 0 ? "" : $"{folder.Key}/";
            var found = await repository.ReadFilesAsync(commit, folder.Key, [.. folder.Select(s => s[prefix.Length..])], cancellationToken).ConfigureAwait(false);
            foreach (var source in folder)
                contents[source] = found.GetValueOrDefault(source[prefix.Length..]) ?? throw new AppException(ErrorIds.PlanStale, $"Commit {commit} has no file {source}.", source);
        }

        return contents;
    }
}
