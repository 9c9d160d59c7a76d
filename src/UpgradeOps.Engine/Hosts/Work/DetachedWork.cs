using System.Globalization;

namespace UpgradeOps.Engine.Hosts.Work;

/// <summary>Where detached work stands.</summary>
/// <param name="LogLength">Bytes that it has written so far.</param>
internal sealed record WorkState(WorkPhase Phase, int? ExitCode, long LogLength);

internal enum WorkPhase
{
    /// <summary>It was never begun.</summary>
    None,
    Running,

    /// <summary>It has ended by itself; its exit code is known.</summary>
    Ended,

    /// <summary>It was killed, or the machine was: how far it came is not known.</summary>
    Gone,
}

/// <summary>
/// Long work (a build, a dump) that goes on when the connection to its host, or this process, is gone. It lives in a session of its own over
/// there; a folder holds who it is (<c>pid</c>), what it wrote (<c>log</c>) and how it ended (<c>code</c>). Whoever knows the folder can ask.
/// </summary>
/// <param name="folder">Absolute, on the host; private. Made by <see cref="StartAsync"/>; whoever keeps the result removes it.</param>
internal sealed class DetachedWork(IHost host, string folder, TimeProvider time)
{
    private const int Piece = 256 * 1024;
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(250);

    public string Folder => folder;

    /// <summary>Begins the work; nothing happens when it was begun before. Secrets go into the environment, never into the arguments.</summary>
    /// <exception cref="AppException"><see cref="ErrorIds.HostCommandFailed"/>: it cannot be begun there.</exception>
    public async Task StartAsync(HostCommand work, CancellationToken cancellationToken) =>
        Expect(await host.RunAsync(WorkScripts.Start(folder, work), cancellationToken).ConfigureAwait(false), "begin");

    public async Task<WorkState> LookAsync(CancellationToken cancellationToken)
    {
        var result = Expect(await host.RunAsync(WorkScripts.Look(folder), cancellationToken).ConfigureAwait(false), "be asked about");
        return result.Output.Trim().Split(' ') switch
        {
            ["none", ..] => new WorkState(WorkPhase.None, null, 0),
            ["running", var length] => new WorkState(WorkPhase.Running, null, Number(length)),
            ["ended", var code, var length] => new WorkState(WorkPhase.Ended, (int)Number(code), Number(length)),
            ["gone", var length] => new WorkState(WorkPhase.Gone, null, Number(length)),
            _ => throw new AppException(ErrorIds.HostCommandFailed, $"The work in {folder} on {host.Address} cannot be understood: {result.Output.Trim()}", folder),
        };
    }

    /// <summary>Copies what stands in the log from an offset on, as far as it is there.</summary>
    /// <returns>The offset behind it.</returns>
    public async Task<long> ReadLogAsync(long offset, Stream target, CancellationToken cancellationToken)
    {
        while (true)
        {
            using var piece = new MemoryStream();
            try
            {
                Expect(await host.StreamAsync(WorkScripts.Read(folder, offset, Piece), null, piece, cancellationToken).ConfigureAwait(false), "be read");
            }
            catch (AppException e) when (e.ErrorId == ErrorIds.HostConnectionLost)
            {
                // Nothing of this piece was passed on: it is read again with the next connection, or that one fails.
                await Task.Delay(Pause, time, cancellationToken).ConfigureAwait(false);
                continue;
            }

            await target.WriteAsync(piece.GetBuffer().AsMemory(0, (int)piece.Length), cancellationToken).ConfigureAwait(false);
            offset += piece.Length;
            if (piece.Length < Piece)
                return offset;
        }
    }

    /// <summary>Follows the work to its end, from an offset of its log on. Cancelling stops following, not the work.</summary>
    /// <exception cref="AppException">The host stayed away longer than it is waited for: ask again later.</exception>
    public async Task<WorkState> FollowAsync(long offset, Stream log, CancellationToken cancellationToken)
    {
        while (true)
        {
            var state = await LookAsync(cancellationToken).ConfigureAwait(false);
            if (state.LogLength > offset)
                offset = await ReadLogAsync(offset, log, cancellationToken).ConfigureAwait(false);
            if (state.Phase != WorkPhase.Running)
                return state;
            await Task.Delay(Pause, time, cancellationToken).ConfigureAwait(false);
        }
    }

    /// <summary>Kills the work with all that it started. Nothing happens when it does not run.</summary>
    public async Task EndAsync(CancellationToken cancellationToken) =>
        Expect(await host.RunAsync(WorkScripts.End(folder), cancellationToken).ConfigureAwait(false), "be ended");

    private CommandResult Expect(CommandResult result, string what) => result.Succeeded
        ? result
        : throw new AppException(ErrorIds.HostCommandFailed, $"The work in {folder} on {host.Address} cannot {what}: {result.Error.Trim()}", folder);

    private static long Number(string text) => long.Parse(text, NumberStyles.None, CultureInfo.InvariantCulture);
}
