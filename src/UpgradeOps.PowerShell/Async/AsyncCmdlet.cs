using System.Management.Automation;
using UpgradeOps.PowerShell.Errors;

namespace UpgradeOps.PowerShell.Async;

/// <summary>
/// A cmdlet whose work runs on the thread pool while the pipeline's thread waits for it and does, one after another, what only it may:
/// write, ask, call other commands. The work is told to stop by Ctrl+C, by a write that throws (as <c>Select-Object -First 1</c>
/// makes it do) and by Dispose; it is always awaited, so that nothing goes on after the cmdlet has ended.
/// </summary>
public abstract class AsyncCmdlet : PSCmdlet, IDisposable
{
    private readonly CancellationTokenSource stop = new();
    private volatile PipelineQueue? queue;
    private Task work = Task.CompletedTask;

    /// <summary>The application that errors are about, where there is one.</summary>
    protected virtual string? ErrorTarget => null;

    /// <summary>The work for one input object.</summary>
    protected abstract Task ProcessAsync(CancellationToken cancellationToken);

    /// <summary>The work after the last input object.</summary>
    protected virtual Task EndAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    /// <summary>Called on the pipeline's thread whenever work has ended, however it did.</summary>
    protected virtual void WorkEnded()
    {
    }

    protected sealed override void ProcessRecord() => Run(ProcessAsync);

    protected sealed override void EndProcessing() => Run(EndAsync);

    protected sealed override void StopProcessing() => Cancel();

    /// <summary>Does something on the pipeline's thread and waits until it is done, so that a slow reader slows the writer.</summary>
    /// <exception cref="OperationCanceledException">The pipeline has ended, or <paramref name="call"/> broke it by throwing.</exception>
    protected internal Task<T> OnPipelineAsync<T>(Func<T> call)
    {
        var done = new TaskCompletionSource<T>(TaskCreationOptions.RunContinuationsAsynchronously);
        Enqueue(() => done.TrySetResult(call()), () => done.TrySetCanceled());
        return done.Task;
    }

    /// <summary>Does something on the pipeline's thread, some time; dropped when the pipeline has ended.</summary>
    protected internal void Post(Action call) => Enqueue(call, null);

    protected Task WriteAsync(object? value) => OnPipelineAsync(() =>
    {
        WriteObject(value);
        return true;
    });

    /// <summary>Writes an error about one of several things; the work goes on with the others.</summary>
    protected Task WriteErrorAsync(ErrorRecord error) => OnPipelineAsync(() =>
    {
        WriteError(error);
        return true;
    });

    public void Dispose()
    {
        // The source of the token is not disposed: that would drop callbacks that have not been called yet. It holds nothing but memory.
        Cancel();
        Task.WaitAny(work);
        GC.SuppressFinalize(this);
    }

    private void Run(Func<CancellationToken, Task> body)
    {
        using var calls = queue = new PipelineQueue(Cancel);
        work = Task.Run(async () =>
        {
            try
            {
                await body(stop.Token);
            }
            finally
            {
                calls.Complete();
            }
        });
        var broken = calls.Pump();
        queue = null;
        WorkEnded();
        broken?.Throw();
        Report(work);
    }

    private void Report(Task ended)
    {
        try
        {
            ended.GetAwaiter().GetResult();
        }
        catch (OperationCanceledException e) when (stop.IsCancellationRequested)
        {
            // It was asked to stop, and did. Returning would have PowerShell call EndProcessing.
            throw new PipelineStoppedException(e.Message, e);
        }
        catch (Exception e)
        {
            WriteError(ErrorRecords.From(e, ErrorTarget));
        }
    }

    private void Enqueue(Action run, Action? cancel)
    {
        if (queue is { } open)
            open.Add(run, cancel);
        else
            cancel?.Invoke();
    }

    /// <summary>Tells the work to stop, from another thread: what it does on being told must not hold up who tells it.</summary>
    private void Cancel() => _ = stop.CancelAsync();
}
