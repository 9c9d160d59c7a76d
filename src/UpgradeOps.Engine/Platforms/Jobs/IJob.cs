namespace UpgradeOps.Engine.Platforms.Jobs;

/// <summary>
/// One command that is run once, in the environment of a version of the application. It goes on when this process is gone; whoever knows its
/// name and version can ask how it ended, until it is removed.
/// </summary>
internal interface IJob
{
    Task<JobState> LookAsync(CancellationToken cancellationToken);

    /// <summary>Begins it; nothing happens when it was begun before.</summary>
    /// <param name="command">The command and its arguments; no shell, no quoting, and no secrets.</param>
    Task StartAsync(IReadOnlyList<string> command, CancellationToken cancellationToken);

    /// <summary>Waits until it does not run any more. Cancelling stops waiting, not the job.</summary>
    Task<JobState> WaitAsync(CancellationToken cancellationToken);

    /// <summary>The end of what it wrote to its output and error output.</summary>
    Task<byte[]> OutputAsync(CancellationToken cancellationToken);

    /// <summary>Kills it with all that it started; what it wrote stays. Nothing happens when it does not run.</summary>
    Task EndAsync(CancellationToken cancellationToken);

    /// <summary>Ends it, where it runs, and removes all that is left of it. Nothing happens when there is nothing.</summary>
    Task RemoveAsync(CancellationToken cancellationToken);
}

/// <param name="ExitCode">Of one that has ended.</param>
internal sealed record JobState(JobPhase Phase, int? ExitCode = null);

internal enum JobPhase
{
    /// <summary>There is no trace of it.</summary>
    None,
    Running,
    Ended,

    /// <summary>It was killed, or its machine was: how far it came is not known.</summary>
    Gone,
}
