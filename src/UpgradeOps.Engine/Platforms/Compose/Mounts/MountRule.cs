using UpgradeOps.Engine.Releases.Git;

namespace UpgradeOps.Engine.Platforms.Compose.Mounts;

/// <summary>What becomes of a file that a container mounts when one commit takes another's place: as with <c>git pull</c>.</summary>
internal static class MountRule
{
    /// <summary>Decides from the two commits and the folder. At least one of the two has the path.</summary>
    /// <param name="running">What the commit that runs has there; null where it has nothing, or is not known.</param>
    /// <param name="target">What the other one has there.</param>
    /// <param name="known">False when no commit is known of which the folder has its files.</param>
    /// <param name="mounted">True when what runs mounts it: then whoever removed it here meant it.</param>
    public static MountFate Of(GitTracked? running, GitTracked? target, bool known, bool mounted)
    {
        if (running is { IsFile: false } || target is { IsFile: false })
            return !IsChanged(running, target, known) || target is { Mode: GitTracked.Link, Here: GitPresence.Same } ? MountFate.Stays : MountFate.IsNoFile;
        return (target ?? running)!.Here switch
        {
            GitPresence.Missing => target is null || (mounted && !IsChanged(running, target, known)) ? MountFate.Stays : MountFate.Follows,
            GitPresence.Same => target is not null && (running is null ? !target.IsExecutable : running.Mode == target.Mode) ? MountFate.Stays : MountFate.Follows,
            _ => target is not null && running is { Here: GitPresence.Same } ? MountFate.Follows : MountFate.AsItsHistorySays,
        };
    }

    /// <summary>For <see cref="MountFate.AsItsHistorySays"/>.</summary>
    /// <param name="had">True when what stands here is what a commit before had.</param>
    public static MountFate AfterHistory(GitTracked? running, GitTracked? target, bool known, bool had) =>
        had ? MountFate.Follows : !known ? MountFate.MayBeEdited : IsChanged(running, target, known) ? MountFate.IsEdited : MountFate.Stays;

    public static bool IsChanged(GitTracked? running, GitTracked? target, bool known) => !known || (running?.Id, running?.Mode) != (target?.Id, target?.Mode);
}

internal enum MountFate
{
    /// <summary>It is as the commit has it, or was edited here and the commits did not change it.</summary>
    Stays,

    /// <summary>Nobody edited it: it is written, made executable or not, or removed.</summary>
    Follows,

    /// <summary>It follows when a commit before had what stands here.</summary>
    AsItsHistorySays,

    /// <summary>Both changed it.</summary>
    IsEdited,

    /// <summary>It is not known whether the commits changed it: it stays.</summary>
    MayBeEdited,

    /// <summary>A link, or another repository.</summary>
    IsNoFile,
}
