using UpgradeOps.Engine.Streams;

namespace UpgradeOps.Engine.Docker;

/// <summary>A pipe that a shell in a container of this very machine made, opened here through the process that holds it.</summary>
/// <param name="processes">Where this machine tells of its processes.</param>
internal sealed class ContainerPipe(string processes)
{
    /// <summary>What the shell says first when it has made one, before its path.</summary>
    public const string Announcement = "pipe ";

    /// <summary>What it is answered when this side has opened the pipe.</summary>
    public const string Direct = "direct\n";

    /// <summary>What it is answered when the bytes go through the engine after all.</summary>
    public const string Through = "through\n";

    /// <summary>For a command that was given up: to end, or to read what it has.</summary>
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(5);

    /// <summary>Only root may look at another user's process, and only on the machine where it runs.</summary>
    public static bool IsConceivable(DockerClient docker) =>
        !docker.Endpoint.IsElsewhere && OperatingSystem.IsLinux() && Environment.IsPrivilegedProcess;

    /// <summary>A process of that number may be another one's, on another machine: only what holds the very pipe, as its descriptor 4, is taken.</summary>
    /// <param name="path">The pipe's in the container; never looked up here.</param>
    /// <returns>Null where it cannot be opened.</returns>
    public async Task<FileStream?> OpenAsync(ExecRun run, string path, FileAccess access, CancellationToken cancellationToken)
    {
        if (await run.ProcessAsync(cancellationToken).ConfigureAwait(false) is not { } process || !OperatingSystem.IsLinux())
            return null;
        var held = $"{processes}/{process}/fd/4";
        try
        {
            if (new FileInfo(held).LinkTarget?.EndsWith(path, StringComparison.Ordinal) != true)
                return null;
            var pipe = new FileStream(held, FileMode.Open, access, FileShare.ReadWrite, 0);
            PipeRoom.Widen(pipe);
            return pipe;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return null;
        }
    }

    /// <summary>Ends a while after it was asked to, not before: reads and writes of a pipe cannot be cancelled.</summary>
    public static async Task PatienceAsync(CancellationToken cancellationToken)
    {
        await Task.Delay(Timeout.InfiniteTimeSpan, TimeProvider.System, cancellationToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        await Task.Delay(Patience, TimeProvider.System, CancellationToken.None).ConfigureAwait(false);
    }
}
