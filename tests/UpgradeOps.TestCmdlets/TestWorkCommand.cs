using System.Collections.Concurrent;
using System.Management.Automation;
using UpgradeOps.PowerShell.Async;

namespace UpgradeOps.TestCmdlets;

/// <summary>Writes numbers from the thread pool, with whatever trouble a test asks for, and leaves a diary of what it noticed.</summary>
[Cmdlet(VerbsDiagnostic.Test, "Work")]
[OutputType(typeof(int))]
public sealed class TestWorkCommand : AsyncCmdlet
{
    /// <summary>What happened, for a test to read after the pipeline has gone.</summary>
    public static ConcurrentQueue<string> Diary { get; } = new();

    [Parameter(ValueFromPipeline = true)]
    public int Start { get; set; }

    [Parameter]
    public int Count { get; set; } = 1;

    /// <summary>Waits for the token after writing.</summary>
    [Parameter]
    public SwitchParameter Hang { get; set; }

    /// <summary>Milliseconds that it takes to clean up once it was told to stop.</summary>
    [Parameter]
    public int SlowStop { get; set; }

    /// <summary>Writes from this many threads at once.</summary>
    [Parameter]
    public int Threads { get; set; } = 1;

    /// <summary>Reports without waiting, instead of writing.</summary>
    [Parameter]
    public SwitchParameter Posted { get; set; }

    /// <summary>Throws: known, unexpected, cancelled.</summary>
    [Parameter]
    public string? Throw { get; set; }

    /// <summary>Leaves a task behind that only ends when the token does.</summary>
    [Parameter]
    public SwitchParameter LeaveBehind { get; set; }

    protected override string? ErrorTarget => "work-" + Start;

    protected override async Task ProcessAsync(CancellationToken cancellationToken)
    {
        Diary.Enqueue($"begin {Start} pool={Thread.CurrentThread.IsThreadPoolThread}");
        try
        {
            if (LeaveBehind)
                cancellationToken.Register(() => Diary.Enqueue($"token {Start}"));
            await WriteAllAsync(cancellationToken);
            if (Hang)
                await Task.Delay(Timeout.Infinite, cancellationToken);
            Fail();
        }
        catch (OperationCanceledException)
        {
            Diary.Enqueue($"cancelled {Start}");
            await Task.Delay(SlowStop, CancellationToken.None);
            throw;
        }
        finally
        {
            Diary.Enqueue($"end {Start}");
        }
    }

    protected override Task EndAsync(CancellationToken cancellationToken)
    {
        Diary.Enqueue("last");
        return Task.CompletedTask;
    }

    private async Task WriteAllAsync(CancellationToken cancellationToken)
    {
        var each = Enumerable.Range(0, Threads).Select(thread => Task.Run(
            async () =>
            {
                for (var i = 0; i < Count; i++)
                {
                    if (Posted)
                        Post(() => WriteVerbose("posted"));
                    else
                        await WriteAsync(Start + (thread * Count) + i);
                }
            },
            cancellationToken));
        await Task.WhenAll(each);
    }

    private void Fail()
    {
        switch (Throw)
        {
            case "known":
                throw new AppException(ErrorIds.LockHeld, "Somebody else works on it.", "kmp");
            case "unexpected":
                throw new InvalidCastException("a fault");
            case "cancelled":
                throw new TaskCanceledException("a request took too long");
        }
    }
}
