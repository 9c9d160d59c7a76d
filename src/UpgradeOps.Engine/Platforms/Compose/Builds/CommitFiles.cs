using UpgradeOps.Engine.Hosts;
using UpgradeOps.Engine.Platforms.Compose.Files;
using UpgradeOps.Engine.Platforms.Compose.Preflight;
using UpgradeOps.Engine.Releases.Git;

namespace UpgradeOps.Engine.Platforms.Compose.Builds;

/// <summary>
/// Decides for each compose file whether the commit's counts or the one in the folder, as <c>git pull</c> would: a file that nobody edited follows the
/// commit, one that was edited stays as long as the commits did not change it too.
/// </summary>
/// <param name="running">The commit that runs; null when it is not known.</param>
internal sealed class CommitFiles(ComposeProject project, string? running, string commit)
{
    private readonly GitRepository _repository = project.Repository!;

    /// <returns>The files in the order in which they count, contents of those that the commit gives by their paths, and what stands against it.</returns>
    public async Task<(IReadOnlyList<CommitFile> Files, IReadOnlyDictionary<string, byte[]> Taken, IReadOnlyList<Finding> Findings)> DecideAsync(CancellationToken cancellationToken)
    {
        var (files, taken, findings) = (new List<CommitFile>(), new Dictionary<string, byte[]>(), new List<Finding>());
        foreach (var path in await project.Files.FindAsync(cancellationToken).ConfigureAwait(false))
        {
            var here = await project.Host.Files.ReadAsync(path, cancellationToken).ConfigureAwait(false)
                ?? throw new AppException(ErrorIds.ComposeInvalid, $"There is no compose file {path}.", path);
            var source = TreePlace.Of(project.Compose, path);
            var theirs = source is null ? null : await _repository.ReadAsync(commit, source, cancellationToken).ConfigureAwait(false);
            var before = source is null || running is null ? null : await KnownAsync(running, source, cancellationToken).ConfigureAwait(false);
            if (theirs is null)
            {
                if (before is not null && Same(before, here))
                    findings.Add(Findings.Blocker(ErrorIds.ConfigurationEdited, path, $"{path} came with the commit that runs, and commit {commit[..12]} has no {source} any more.", "Name the compose files that count now in platform.compose.files, or go there by hand once."));
                files.Add(new CommitFile(path, null, Taken: false, ComposeFiles.Hash(here)));
            }
            else if (!Same(theirs, here) && ((before is not null && Same(before, here)) || await _repository.HadAsync(commit, source!, here, cancellationToken).ConfigureAwait(false)))
            {
                taken[path] = theirs;
                files.Add(new CommitFile(path, source, Taken: true, ComposeFiles.Hash(theirs)));
            }
            else
            {
                if (!Same(theirs, here) && (before is null || !Same(before, theirs)))
                    findings.Add(Edited(path, source!));
                files.Add(new CommitFile(path, source, Taken: false, ComposeFiles.Hash(here)));
            }
        }

        return (files, taken, findings);
    }

    private async Task<byte[]?> KnownAsync(string known, string source, CancellationToken cancellationToken)
    {
        try
        {
            return await _repository.ReadAsync(known, source, cancellationToken).ConfigureAwait(false);
        }
        catch (AppException e) when (e.ErrorId == ErrorIds.ReleaseNotFound)
        {
            // The branch was rewritten, and the copy made anew since.
            return null;
        }
    }

    private Finding Edited(string path, string source) => Findings.Blocker(
        ErrorIds.ConfigurationEdited,
        path,
        $"{path} was edited here, and commit {commit[..12]} has another {source} than the one that was edited: which of the two counts, nobody can tell.",
        "Take the file as it is in the repository, and put what is this machine's own into docker-compose.override.yml, which Compose reads beside it.");

    private static bool Same(byte[] one, byte[] other) => one.AsSpan().SequenceEqual(other);
}
