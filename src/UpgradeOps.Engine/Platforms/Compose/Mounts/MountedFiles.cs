using UpgradeOps.Engine.Hosts;
using UpgradeOps.Engine.Platforms.Compose.Builds;
using UpgradeOps.Engine.Platforms.Compose.Files;
using UpgradeOps.Engine.Platforms.Compose.Model;
using UpgradeOps.Engine.Platforms.Compose.Preflight;
using UpgradeOps.Engine.Releases.Git;

namespace UpgradeOps.Engine.Platforms.Compose.Mounts;

/// <summary>
/// Decides for each file that the repository tracks and a container mounts from the folder whether the commit's counts or the one here: by the rule of
/// compose files. What the repository does not track there is nobody's business.
/// </summary>
/// <param name="running">The commit that runs; null when it is not known.</param>
/// <param name="own">What does not follow for being mounted.</param>
internal sealed class MountedFiles(ComposeProject project, string? running, string commit, OwnFiles own)
{
    private readonly GitRepository _repository = project.Repository!;
    private readonly MountedFolder _folder = new(project);
    private readonly List<Finding> _findings = [];
    private ComposeModel? _live;
    private string? _before;

    /// <param name="target">What the compose files say after the update.</param>
    public async Task<MountedChanges> DecideAsync(ComposeModel target, CancellationToken cancellationToken)
    {
        var mounted = target.Services.Values.SelectMany(s => s.Mounted).Distinct().ToList();
        if (_folder.Places(mounted) is not { Count: > 0 } places || TreePlace.Of(project.Compose, project.Compose.Directory) is not { } root)
            return MountedChanges.None;
        var theirs = await ReadAsync(commit, root, places, cancellationToken).ConfigureAwait(false);
        var before = await BeforeAsync(root, places, cancellationToken).ConfigureAwait(false);
        var found = new List<Tracked>();
        foreach (var path in theirs.Keys.Union(before?.Keys ?? []).Where(p => !own.Contains(p)).Order(StringComparer.Ordinal))
        {
            var tracked = new Tracked(path, before?.GetValueOrDefault(path), theirs.GetValueOrDefault(path), before is not null);
            var fate = await FateAsync(tracked, places, cancellationToken).ConfigureAwait(false);
            if (fate is MountFate.Follows or MountFate.AsItsHistorySays)
                found.Add(tracked with { Fate = fate });
        }

        var changes = await ChangesAsync(await UnfilteredAsync(found, cancellationToken).ConfigureAwait(false), cancellationToken).ConfigureAwait(false);
        return new MountedChanges { Changes = changes, Missing = await MissingMounts.FindAsync(project, mounted, changes, cancellationToken).ConfigureAwait(false), Findings = _findings };
    }

    private async Task<MountFate> FateAsync(Tracked tracked, IReadOnlyList<string> places, CancellationToken cancellationToken)
    {
        var (path, running, target, known) = (tracked.Path, tracked.Running, tracked.Target, tracked.Known);
        var fate = MountRule.Of(running, target, known, mounted: true);
        // Another look at the compose files is needed for few.
        if (fate == MountFate.Stays && target is { IsFile: true, Here: GitPresence.Missing })
            fate = MountRule.Of(running, target, known, await IsMountedNowAsync(path, cancellationToken).ConfigureAwait(false));
        if (fate == MountFate.IsNoFile || (target is { Mode: GitTracked.Link } && places.Contains(path)))
            _findings.Add(NotFollowed(path, GitTracked.Submodule == target?.Mode || GitTracked.Submodule == running?.Mode ? "of another repository" : "a link"));
        if (fate is not (MountFate.Follows or MountFate.AsItsHistorySays))
            return fate;
        if (await _folder.ObstacleAsync(path, cancellationToken).ConfigureAwait(false) is { } way)
        {
            _findings.Add(NotFollowed(path, $"behind {way}, which is no folder here"));
            return MountFate.Stays;
        }

        var there = await project.Host.Files.StatAsync(_folder.Path(path), cancellationToken).ConfigureAwait(false);
        if (there is { LinkTarget: null, IsFolder: false } or null)
            return fate;
        if (MountRule.IsChanged(running, target, known))
            _findings.Add(NotFollowed(path, there.IsFolder ? "a folder here" : "a link here"));
        return MountFate.Stays;
    }

    /// <summary>What a program of somebody's makes of files when they are checked out cannot be made here.</summary>
    private async Task<IReadOnlyList<Tracked>> UnfilteredAsync(List<Tracked> found, CancellationToken cancellationToken)
    {
        if (found.Count == 0)
            return found;
        var filtered = await _repository.FilteredAsync(commit, [.. found.Select(f => Source(f.Path))], cancellationToken).ConfigureAwait(false);
        foreach (var tracked in found.Where(f => filtered.Contains(Source(f.Path)) && MountRule.IsChanged(f.Running, f.Target, f.Known)))
            _findings.Add(NotFollowed(tracked.Path, "written by a filter of git, such as LFS"));
        return [.. found.Where(f => !filtered.Contains(Source(f.Path)))];
    }

    private async Task<IReadOnlyList<MountChange>> ChangesAsync(IReadOnlyList<Tracked> found, CancellationToken cancellationToken)
    {
        var following = new List<(Tracked Tracked, MountState? Here)>();
        foreach (var tracked in found)
        {
            var here = await _folder.ReadAsync(_folder.Path(tracked.Path), cancellationToken).ConfigureAwait(false);
            var fate = tracked.Fate == MountFate.AsItsHistorySays && here is { Bytes: var bytes } ? await AskHistoryAsync(tracked, bytes, cancellationToken).ConfigureAwait(false) : MountFate.Follows;
            if (fate == MountFate.IsEdited)
                _findings.Add(Edited(tracked));
            else if (fate == MountFate.MayBeEdited)
                _findings.Add(NotFollowed(tracked.Path, "another one than any commit had, and which commit runs is not known"));
            else if (fate == MountFate.Follows)
                following.Add((tracked, here?.State));
        }

        var contents = await CommitContents.ReadAsync(_repository, commit, [.. following.Where(f => f.Tracked.Target is not null).Select(f => Source(f.Tracked.Path))], cancellationToken).ConfigureAwait(false);
        return
        [
            .. from pair in following
               let path = pair.Tracked.Path
               let after = pair.Tracked.Target is { } target ? new MountState(ComposeFiles.Hash(contents[Source(path)]), ModeOf(pair.Tracked.Running, target, pair.Here)) : null
               where pair.Here != after
               select new MountChange(_folder.Path(path), after is null ? null : Source(path), pair.Here, after),
        ];
    }

    private async Task<MountFate> AskHistoryAsync(Tracked tracked, byte[] here, CancellationToken cancellationToken)
    {
        var had = await _repository.HadAsync(tracked.Target is null ? _before! : commit, Source(tracked.Path), here, cancellationToken).ConfigureAwait(false);
        return MountRule.AfterHistory(tracked.Running, tracked.Target, tracked.Known, had);
    }

    /// <summary>Git knows of a file only whether it can be run: where the commits agree on that, it is as it is here.</summary>
    private static int ModeOf(GitTracked? running, GitTracked target, MountState? here)
    {
        if (here is null)
            return target.IsExecutable ? HostModes.OpenFile | HostModes.AnyExecute : HostModes.OpenFile;
        if (running?.Mode == target.Mode || (running is null && !target.IsExecutable))
            return here.Mode;
        // Whoever may read it may run it.
        return target.IsExecutable ? here.Mode | ((here.Mode >> 2) & HostModes.AnyExecute) : here.Mode & ~HostModes.AnyExecute;
    }

    private async Task<bool> IsMountedNowAsync(string path, CancellationToken cancellationToken)
    {
        _live ??= await project.Command.ReadModelAsync(cancellationToken).ConfigureAwait(false);
        return _folder.Places(_live.Services.Values.SelectMany(s => s.Mounted)).Any(p => MountedFolder.IsBelow(path, p));
    }

    /// <summary>Of the commit that runs; of the one that is checked out in the folder where nobody knows what runs, for then it was built by hand.</summary>
    /// <returns>Null when neither is known, or is gone: the branch was rewritten, and the copy made anew since.</returns>
    private async Task<IReadOnlyDictionary<string, GitTracked>?> BeforeAsync(string root, IReadOnlyList<string> places, CancellationToken cancellationToken)
    {
        try
        {
            _before = running ?? await _repository.CheckedOutAsync(project.Compose.Directory, cancellationToken).ConfigureAwait(false);
            return _before is null ? null : await ReadAsync(_before, root, places, cancellationToken).ConfigureAwait(false);
        }
        catch (AppException e) when (e.ErrorId == ErrorIds.ReleaseNotFound)
        {
            return null;
        }
    }

    private async Task<IReadOnlyDictionary<string, GitTracked>> ReadAsync(string of, string root, IReadOnlyList<string> places, CancellationToken cancellationToken) =>
        (await _repository.CompareAsync(of, project.Compose.Directory, root, places, cancellationToken).ConfigureAwait(false)).ToDictionary(t => t.Path);

    private string Source(string path) => TreePlace.Of(project.Compose, _folder.Path(path))!;

    private Finding Edited(Tracked tracked) => Findings.Blocker(
        ErrorIds.ConfigurationEdited,
        _folder.Path(tracked.Path),
        $"{_folder.Path(tracked.Path)} was edited here, and commit {commit[..12]} {(tracked.Target is null ? "has it no more" : "has another one than the one that was edited")}: which of the two counts, nobody can tell.",
        $"Take the file as it is in the repository, and mount what is this machine's own from a file that the repository has not. git -C {project.Compose.Directory} diff shows the edit in a checkout.");

    private Finding NotFollowed(string path, string why) => Findings.Warning(
        ErrorIds.ConfigurationDrift,
        _folder.Path(path),
        $"Containers mount {_folder.Path(path)} from the folder. It is {why}: it stays as it is, whatever commit {commit[..12]} has there.",
        "Look whether the new version needs it otherwise, and change it by hand.");

    /// <param name="Path">Relative to the folder.</param>
    private sealed record Tracked(string Path, GitTracked? Running, GitTracked? Target, bool Known)
    {
        public MountFate Fate { get; init; }
    }
}
