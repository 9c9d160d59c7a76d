using System.Globalization;
using UpgradeOps.Engine.Hosts;
using UpgradeOps.Engine.Hosts.Local;
using UpgradeOps.Engine.Hosts.Work;
using UpgradeOps.Engine.Releases.Git;

namespace UpgradeOps.Engine.Platforms.Builds;

/// <summary>One program of a build, which goes on when we, or the connection to the host, are gone.</summary>
internal static class BuildWork
{
    private const int QuotedLines = 12;

    /// <summary>$1 the log, then a title and the folder of the work for each step that was begun.</summary>
    private const string Logger = """
        log=$1; shift
        umask 077
        mkdir -p -- "${log%/*}" || exit 1
        {
            while [ $# -gt 0 ]; do
                if [ -f "$2/log" ]; then
                    printf '$ %s\n' "$1"
                    cat -- "$2/log"
                    [ ! -f "$2/code" ] || printf '(exit code %s)\n' "$(cat -- "$2/code")"
                fi
                shift 2
            done
        } >"$log.new" && mv -f -- "$log.new" "$log"
        """;

    /// <summary>Begins it, unless it was begun before, and follows it to its end.</summary>
    /// <param name="limit">How long it may take from now on; it is ended then.</param>
    /// <returns>How it failed, in words; null when it did not.</returns>
    public static async Task<string?> FollowAsync(DetachedWork work, HostCommand command, TimeSpan limit, TailStream log, TimeProvider time, CancellationToken cancellationToken)
    {
        using var timer = new CancellationTokenSource(limit, time);
        using var both = CancellationTokenSource.CreateLinkedTokenSource(timer.Token, cancellationToken);
        try
        {
            await work.StartAsync(command, both.Token).ConfigureAwait(false);
            var state = await work.FollowAsync(0, log, both.Token).ConfigureAwait(false);
            return state switch
            {
                { Phase: WorkPhase.Ended, ExitCode: 0 } => null,
                { Phase: WorkPhase.Ended, ExitCode: var code } => string.Create(CultureInfo.InvariantCulture, $"ended with exit code {code}"),
                _ => "was killed before it ended (by hand, for want of memory, or with the machine)",
            };
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            await work.EndAsync(CancellationToken.None).ConfigureAwait(false);
            return $"took longer than {limit.TotalSeconds.ToString("0.#", CultureInfo.InvariantCulture)} s and was ended";
        }
    }

    /// <param name="log">Where the log is kept, made of those of its programs.</param>
    /// <param name="parts">A title and the folder of the work for each program.</param>
    public static HostCommand KeepLog(string log, IEnumerable<string> parts) => new("sh", ["-c", Logger, "upgradeops-build", log, .. parts]) { IsQuestion = true };

    /// <summary>The last lines of a log, in one.</summary>
    public static string Words(TailStream log) => string.Join(" | ", log.ToString()
        .Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(GitText.Line).Select(l => l.Trim()).Where(l => l.Length > 0).TakeLast(QuotedLines));

    /// <summary>
    /// Ends every build and removes what is known of it. Its folder gets another name first: a program that is only now being begun, by somebody
    /// who was killed, then finds no place and ends; one that was begun is seen.
    /// </summary>
    /// <param name="builds">One folder an operation, with one for each program.</param>
    public static async Task EndAllAsync(IHost host, string builds, TimeProvider time, CancellationToken cancellationToken)
    {
        foreach (var entry in await host.Files.ListAsync(builds, cancellationToken).ConfigureAwait(false))
        {
            var gone = entry.Path;
            if (!entry.Name.StartsWith('.'))
            {
                gone = HostPath.Join(builds, $".ended-{Guid.NewGuid():N}");
                await host.Files.RenameAsync(entry.Path, gone, cancellationToken).ConfigureAwait(false);
            }

            foreach (var work in (await host.Files.ListAsync(gone, cancellationToken).ConfigureAwait(false)).Where(w => w.IsFolder))
                await new DetachedWork(host, work.Path, time).EndAsync(cancellationToken).ConfigureAwait(false);
            await host.Files.DeleteAsync(gone, cancellationToken).ConfigureAwait(false);
        }
    }
}
