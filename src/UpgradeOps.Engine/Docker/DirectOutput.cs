namespace UpgradeOps.Engine.Docker;

/// <summary>
/// Runs a command in a container of this very machine and takes its output from a pipe of the kernel, not through the engine, whose processes
/// copy it several times, each slower than a dump is made. The pipe is made in the container and opened here through the process that holds
/// it. Where that cannot be (another machine, not root, no shell or no place for a pipe in there), the output comes through the engine.
/// </summary>
/// <param name="processes">Where this machine tells of its processes.</param>
internal sealed class DirectOutput(DockerClient docker, string processes = "/proc")
{
    private const string Name = "upgradeops-pipe";
    private const int Buffer = 1 << 18;

    // What it prints first tells the way of the rest. The shell holds both ends until it hears that the other side has the pipe, or wants it
    // through the engine after all; from then on it only waits, and ends the tool when nobody listens any more. 3: what it hears; 4: both ends
    // of the pipe; 5: the end that the tool gets.
    private const string Script =
        """
        pipe=
        if ! { dir=$(umask 077; mktemp -d "${TMPDIR:-/tmp}/$0.XXXXXX") && mkfifo -m 600 "$dir/pipe"; } 2>/dev/null; then
            [ -z "$dir" ] || rm -rf "$dir"
            echo through
            exec "$@" </dev/null
        fi
        exec 3<&0 4<>"$dir/pipe" 5>"$dir/pipe"
        "$@" </dev/null >&5 3<&- 4<&- 5>&- &
        tool=$! way=
        exec 5>&-
        echo "pipe $dir/pipe"
        read -r way <&3
        [ "$way" != through ] || exec 5<"$dir/pipe"
        exec 4<&-
        rm -rf "$dir"
        { read -r _ <&3; kill "$tool"; } >/dev/null 2>&1 5<&- &
        watch=$!
        case $way in
            direct) ;;
            through) cat <&5 ;;
            *) kill "$tool" ;;
        esac
        wait "$tool"
        code=$?
        kill "$watch" 2>/dev/null
        wait "$watch" 2>/dev/null
        exit "$code"
        """;

    /// <summary>Whether a pipe of a container can be reached from here. Asks by trying.</summary>
    public async Task<bool> IsPossibleAsync(string container, CancellationToken cancellationToken)
    {
        if (!ContainerPipe.IsConceivable(docker))
            return false;
        using var output = new MemoryStream();
        var (result, isDirect) = await RunAsync(container, new ExecCommand("printf", "here"), output, cancellationToken).ConfigureAwait(false);
        return isDirect && result.Succeeded && output.Length == 4;
    }

    /// <param name="output">Gets the command's output.</param>
    /// <returns>How it ended, and whether the output came directly.</returns>
    /// <remarks>Cancelled, the command is ended.</remarks>
    public async Task<(ExecResult Result, bool IsDirect)> RunAsync(string container, ExecCommand command, Stream output, CancellationToken cancellationToken)
    {
        var wrapped = command with { Arguments = ["sh", "-c", Script, Name, .. command.Arguments] };
        var run = await docker.BeginExecAsync(container, wrapped, cancellationToken).ConfigureAwait(false);
        await using (run.ConfigureAwait(false))
        {
            using var told = new FirstLineStream(output);
            var receive = run.ReceiveAsync(told, cancellationToken);
            try
            {
                await Task.WhenAny(told.Line, receive).ConfigureAwait(false);
                var isDirect = told.Line.IsCompletedSuccessfully && await AnswerAsync(run, await told.Line.ConfigureAwait(false), output, cancellationToken).ConfigureAwait(false);
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

    /// <returns>True when all that the command writes was taken from its pipe; false when it comes through the engine.</returns>
    private async Task<bool> AnswerAsync(ExecRun run, string line, Stream output, CancellationToken cancellationToken)
    {
        if (!line.StartsWith(ContainerPipe.Announcement, StringComparison.Ordinal))
            return false;
        var pipe = await new ContainerPipe(processes).OpenAsync(run, line[ContainerPipe.Announcement.Length..], FileAccess.Read, cancellationToken).ConfigureAwait(false);
        await run.SayAsync(pipe is null ? ContainerPipe.Through : ContainerPipe.Direct, cancellationToken).ConfigureAwait(false);
        if (pipe is null)
            return false;
        await using (pipe.ConfigureAwait(false))
        {
            // A read that waits cannot be cancelled. When nobody listens any more the command is ended over there, and with it the pipe.
            using var leaving = cancellationToken.Register(run.Leave);
            var copying = pipe.CopyToAsync(output, Buffer, cancellationToken);
            await Task.WhenAny(copying, ContainerPipe.PatienceAsync(cancellationToken)).ConfigureAwait(false);
            // An engine that is gone may not end the command: then nobody waits for it either.
            cancellationToken.ThrowIfCancellationRequested();
            await copying.ConfigureAwait(false);
        }

        return true;
    }
}
