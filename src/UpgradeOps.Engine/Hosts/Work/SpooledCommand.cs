using System.Globalization;
using UpgradeOps.Engine.Hosts.Local;

namespace UpgradeOps.Engine.Hosts.Work;

/// <summary>
/// A command with a long output (a dump) on a host whose connection may break: it goes on over there while nobody listens, and what it writes waits in a few pieces
/// on the host's disk until it was taken. Nothing of it stays: not when it ends, and not when whoever began it is killed and nobody comes for <see cref="Patience"/>.
/// </summary>
internal sealed class SpooledCommand(IHost host, TimeProvider time)
{
    /// <summary>Of 64 KiB, in a piece.</summary>
    private const int Blocks = 128;

    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(250);

    /// <summary>Pieces that wait at once, which is what the host needs of disk: 128 MiB.</summary>
    public int Most { get; init; } = 16;

    /// <summary>Longer than a host that went away is waited for.</summary>
    public TimeSpan Patience { get; init; } = TimeSpan.FromMinutes(5);

    /// <summary>Runs it to its end, however often the connection breaks on the way.</summary>
    /// <returns>Its exit code and the end of what it wrote to standard error; null where work cannot be left on this host, and nothing was begun.</returns>
    /// <exception cref="AppException">The host stayed away; the command was killed; the host's disk has no room for a piece.</exception>
    public async Task<CommandResult?> RunAsync(HostCommand command, Stream output, CancellationToken cancellationToken)
    {
        if (await MakeAsync(cancellationToken).ConfigureAwait(false) is not { } folder)
            return null;
        var work = new DetachedWork(host, folder, time);
        var done = false;
        try
        {
            try
            {
                await work.StartAsync(SpoolScripts.Spool(folder, Blocks, Most, Patience, command), cancellationToken).ConfigureAwait(false);
            }
            catch (AppException e) when (e.ErrorId == ErrorIds.HostCommandFailed)
            {
                return null;
            }

            var whole = await TakeAsync(work, output, cancellationToken).ConfigureAwait(false);
            var error = new TailStream();
            var state = await work.FollowAsync(0, error, cancellationToken).ConfigureAwait(false);
            done = state.Phase == WorkPhase.Ended;
            if (state is not { Phase: WorkPhase.Ended, ExitCode: { } code })
                throw Broken(command, "it was killed before it ended (by hand, for want of memory, or with the machine)");
            // Whatever the command says then: it was told by a broken pipe.
            return whole ? new CommandResult(code, "", error.ToString()) : throw Unwritten(command, folder, error.ToString().Trim());
        }
        finally
        {
            await ClearAsync(work, done).ConfigureAwait(false);
        }
    }

    private async Task<string?> MakeAsync(CancellationToken cancellationToken)
    {
        var made = await host.RunAsync(SpoolScripts.Make, cancellationToken).ConfigureAwait(false);
        return made.Succeeded && HostPath.IsPosix(made.Output.Trim()) ? made.Output.Trim() : null;
    }

    /// <returns>False when the output ended before its end.</returns>
    private async Task<bool> TakeAsync(DetachedWork work, Stream output, CancellationToken cancellationToken)
    {
        using var piece = new MemoryStream();
        for (var n = 0; ;)
        {
            piece.SetLength(0);
            CommandResult result;
            try
            {
                result = await host.StreamAsync(SpoolScripts.Take(work.Folder, n), null, piece, cancellationToken).ConfigureAwait(false);
            }
            catch (AppException e) when (e.ErrorId == ErrorIds.HostConnectionLost)
            {
                // Nothing of this piece was passed on: it is taken again with the next connection, or that one fails.
                await Task.Delay(Pause, time, cancellationToken).ConfigureAwait(false);
                continue;
            }

            switch (result.ExitCode)
            {
                case 0:
                    await output.WriteAsync(piece.GetBuffer().AsMemory(0, (int)piece.Length), cancellationToken).ConfigureAwait(false);
                    n++;
                    break;
                case SpoolScripts.AtEnd:
                    return true;
                case SpoolScripts.Broken:
                    return false;
                case SpoolScripts.GivenUp:
                    throw new AppException(
                        ErrorIds.HostConnectionLost, $"{host.Address} was away for so long that what went on there was given up, after {Patience.TotalSeconds.ToString("0", CultureInfo.InvariantCulture)} s.", host.Address);
                case SpoolScripts.NotYet when (await work.LookAsync(cancellationToken).ConfigureAwait(false)).Phase != WorkPhase.Gone:
                    break;
                case SpoolScripts.NotYet:
                    return false;
                default:
                    throw new AppException(ErrorIds.HostCommandFailed, $"The output in {work.Folder} on {host.Address} cannot be read: {result.Error.Trim()}", work.Folder);
            }
        }
    }

    /// <summary>A host that is away clears it by itself when <see cref="Patience"/> is over.</summary>
    private async Task ClearAsync(DetachedWork work, bool ended)
    {
        try
        {
            if (!ended)
                await work.EndAsync(CancellationToken.None).ConfigureAwait(false);
            await host.Files.DeleteAsync(work.Folder, CancellationToken.None).ConfigureAwait(false);
        }
        catch (AppException)
        {
            // What the caller is told already, or what has no bearing on it.
        }
    }

    private AppException Unwritten(HostCommand command, string folder, string why) => new(
        why.Contains("No space left", StringComparison.Ordinal) || why.Contains("quota exceeded", StringComparison.Ordinal) ? ErrorIds.DiskTooFull : ErrorIds.HostCommandFailed,
        $"What {command.FileName} writes on {host.Address} cannot wait in {folder} there: {why}", host.Address, $"Make room there for {Most} pieces of 8 MiB, or let TMPDIR of that login name a folder that has it.");

    private AppException Broken(HostCommand command, string why) => new(ErrorIds.HostCommandFailed, $"{command.FileName} on {host.Address}: {why}.", host.Address);
}
