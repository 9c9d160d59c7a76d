using System.ComponentModel;
using System.Diagnostics;
using UpgradeOps.Engine.Hosts.Durable;

namespace UpgradeOps.Engine.Hosts.Local;

/// <summary>A command that runs: its streams are copied at the same time, and it never outlives its caller's wish.</summary>
internal sealed class CommandRun(Process process, bool ownSession)
{
    /// <summary>How long a captured command's output may stay open after its end, because a child in the background holds it.</summary>
    private static readonly TimeSpan Grace = TimeSpan.FromSeconds(2);

    /// <param name="input">Read to its end; null for none.</param>
    /// <param name="output">Gets standard output; null to drop it.</param>
    /// <exception cref="OperationCanceledException">Cancelled; the process and its children are dead.</exception>
    public async Task<CommandResult> FinishAsync(Stream? input, Stream? output, CancellationToken cancellationToken)
    {
        var error = new TailStream();
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        using var stopFeeding = CancellationTokenSource.CreateLinkedTokenSource(stop.Token);
        var feed = StandardInput.FeedAsync(process, input, stopFeeding.Token);
        var outputs = Task.WhenAll(
            process.StandardOutput.BaseStream.CopyToAsync(output ?? Stream.Null, stop.Token),
            process.StandardError.BaseStream.CopyToAsync(error, stop.Token));
        try
        {
            await WaitForExitAsync([feed, outputs], cancellationToken).ConfigureAwait(false);
            await stopFeeding.CancelAsync().ConfigureAwait(false);
            await feed.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            // Bytes that somebody keeps must be all of them; what is only looked at may be cut off.
            await (output is null or TailStream ? WaitBrieflyAsync(outputs, stop) : outputs).ConfigureAwait(false);
        }
        catch
        {
            // A source that breaks in the middle must not look like its end, nor a full disk like a short answer: the command dies first.
            KillTree();
            await process.WaitForExitAsync(CancellationToken.None).ConfigureAwait(false);
            await stop.CancelAsync().ConfigureAwait(false);
            // A child that left the session may hold the pipe open; what it still writes goes nowhere.
            await Task.WhenAll(feed, outputs).WaitAsync(Grace, TimeProvider.System, CancellationToken.None).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            cancellationToken.ThrowIfCancellationRequested();
            throw;
        }

        return new CommandResult(process.ExitCode, "", error.ToString());
    }

    private async Task WaitForExitAsync(List<Task> copies, CancellationToken cancellationToken)
    {
        var exit = process.WaitForExitAsync(cancellationToken);
        copies.Add(exit);
        while (!exit.IsCompleted)
        {
            var ended = await Task.WhenAny(copies).ConfigureAwait(false);
            await ended.ConfigureAwait(false);
            copies.Remove(ended);
        }

        await exit.ConfigureAwait(false);
    }

    private static async Task WaitBrieflyAsync(Task outputs, CancellationTokenSource stop)
    {
        try
        {
            await outputs.WaitAsync(Grace, TimeProvider.System, stop.Token).ConfigureAwait(false);
        }
        catch (TimeoutException)
        {
            await stop.CancelAsync().ConfigureAwait(false);
            await outputs.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }

    private void KillTree()
    {
        try
        {
            process.Kill(entireProcessTree: true);
        }
        catch (Exception e) when (e is InvalidOperationException or Win32Exception or AggregateException)
        {
            // It ended by itself, or a child did while it was being counted.
        }

        if (ownSession)
            Posix.KillGroup(process.Id);
    }
}
