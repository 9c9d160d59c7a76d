namespace UpgradeOps.Engine.Docker;

/// <summary>
/// Runs a command in a container of this very machine and feeds its standard input through a pipe of the kernel, not through the engine: the
/// other direction of <see cref="DirectOutput"/>. Where there is no way to such a pipe, the input goes through the engine.
/// </summary>
/// <param name="processes">Where this machine tells of its processes.</param>
internal sealed class DirectInput(DockerClient docker, string processes = "/proc")
{
    private const string Name = "upgradeops-pipe";

    // The shell holds both ends until it hears that the other side has the pipe, or wants to send through the engine after all. Then it becomes
    // the command, which sees its input end when the other side closes the pipe or dies. 3: the engine's way; 4: both ends; 5: the reading end.
    private const string Script =
        """
        if ! { dir=$(umask 077; mktemp -d "${TMPDIR:-/tmp}/$0.XXXXXX") && mkfifo -m 600 "$dir/pipe"; } 2>/dev/null; then
            [ -z "$dir" ] || rm -rf "$dir"
            echo through
            exec "$@"
        fi
        exec 3<&0 4<>"$dir/pipe" 5<"$dir/pipe"
        echo "pipe $dir/pipe"
        way=
        read -r way <&3
        rm -rf "$dir"
        case $way in
            direct) exec "$@" <&5 3<&- 4<&- 5<&- ;;
            through) exec "$@" <&3 3<&- 4<&- 5<&- ;;
        esac
        exit 1
        """;

    /// <param name="input">Copied to the command's input, which then ends.</param>
    /// <param name="output">Gets the command's output.</param>
    /// <returns>How it ended, and whether the input went directly.</returns>
    /// <remarks>
    /// As with <see cref="DockerClient.ExecAsync"/>, a cancelled command, or one whose input fails, sees its input end as if that were all.
    /// </remarks>
    public async Task<(ExecResult Result, bool IsDirect)> RunAsync(
        string container, ExecCommand command, Stream input, Stream output, CancellationToken cancellationToken)
    {
        var wrapped = command with { Arguments = ["sh", "-c", Script, Name, .. command.Arguments] };
        var run = await docker.BeginExecAsync(container, wrapped, cancellationToken).ConfigureAwait(false);
        await using (run.ConfigureAwait(false))
        {
            using var told = new FirstLineStream(output);
            using var sending = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
            var receive = run.ReceiveAsync(told, cancellationToken);
            try
            {
                await Task.WhenAny(told.Line, receive).ConfigureAwait(false);
                var isDirect = false;
                if (told.Line.IsCompletedSuccessfully)
                {
                    var pipe = await AnswerAsync(run, await told.Line.ConfigureAwait(false), cancellationToken).ConfigureAwait(false);
                    isDirect = pipe is not null;
                    await SendAsync(run, input, pipe, receive, sending).ConfigureAwait(false);
                }

                await receive.ConfigureAwait(false);
                return (await run.EndAsync(cancellationToken).ConfigureAwait(false), isDirect);
            }
            catch
            {
                run.Leave();
                await receive.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
                throw;
            }
        }
    }

    /// <returns>The pipe; null when the input goes through the engine.</returns>
    private async Task<FileStream?> AnswerAsync(ExecRun run, string line, CancellationToken cancellationToken)
    {
        if (!line.StartsWith(ContainerPipe.Announcement, StringComparison.Ordinal))
            return null;
        var pipe = await new ContainerPipe(processes)
            .OpenAsync(run, line[ContainerPipe.Announcement.Length..], FileAccess.Write, cancellationToken).ConfigureAwait(false);
        try
        {
            await run.SayAsync(pipe is null ? ContainerPipe.Through : ContainerPipe.Direct, cancellationToken).ConfigureAwait(false);
        }
        catch
        {
            // A writing end that stays open here would let the command wait for more.
            pipe?.Dispose();
            throw;
        }

        return pipe;
    }

    /// <summary>Ends when all was sent, or when the command has ended: what it did not read is of no use any more.</summary>
    private static async Task SendAsync(ExecRun run, Stream input, FileStream? pipe, Task receive, CancellationTokenSource sending)
    {
        var send = FeedAsync(run, input, pipe, sending.Token);
        if (await Task.WhenAny(send, receive).ConfigureAwait(false) != send)
            await sending.CancelAsync().ConfigureAwait(false);
        // A write into a pipe that nobody empties cannot be cancelled: it ends when the command does, which a cancelled one may do late.
        await Task.WhenAny(send, ContainerPipe.PatienceAsync(sending.Token)).ConfigureAwait(false);
        if (send.IsFaulted)
            await send.ConfigureAwait(false);
        if (receive.IsCompleted)
            return;
        sending.Token.ThrowIfCancellationRequested();
        await send.ConfigureAwait(false);
    }

    private static async Task FeedAsync(ExecRun run, Stream input, FileStream? pipe, CancellationToken cancellationToken)
    {
        try
        {
            if (pipe is null)
            {
                await run.FeedAsync(input, cancellationToken).ConfigureAwait(false);
                return;
            }

            await using (pipe.ConfigureAwait(false))
                await CommandInput.FeedAsync(input, pipe, cancellationToken).ConfigureAwait(false);
        }
        catch (InputRefusedException)
        {
            // The command ended without reading all; its exit code and error text say why.
        }
    }
}
