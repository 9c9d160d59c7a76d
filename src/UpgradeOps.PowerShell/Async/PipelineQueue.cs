using System.Collections.Concurrent;
using System.Runtime.ExceptionServices;

namespace UpgradeOps.PowerShell.Async;

/// <summary>What only the pipeline's thread may do, in the order in which other threads asked for it.</summary>
/// <param name="broken">Called on the pipeline's thread as soon as a call throws.</param>
internal sealed class PipelineQueue(Action broken) : IDisposable
{
    private readonly BlockingCollection<Call> calls = [];
    private ExceptionDispatchInfo? failure;

    /// <param name="run">Done on the pipeline's thread; what it throws breaks the pipeline.</param>
    /// <param name="cancel">Called instead, on any thread, when the pipeline has ended or is broken.</param>
    public void Add(Action run, Action? cancel)
    {
        try
        {
            calls.Add(new Call(run, cancel));
        }
        catch (InvalidOperationException)
        {
            cancel?.Invoke();
        }
    }

    /// <summary>Nothing more will come.</summary>
    public void Complete() => calls.CompleteAdding();

    /// <summary>Makes the calls on this thread until the queue is complete.</summary>
    /// <returns>What broke the pipeline; null when nothing did.</returns>
    public ExceptionDispatchInfo? Pump()
    {
        foreach (var call in calls.GetConsumingEnumerable())
            Make(call);
        return failure;
    }

    public void Dispose() => calls.Dispose();

    private void Make(Call call)
    {
        try
        {
            if (failure is null)
            {
                call.Run();
                return;
            }
        }
        catch (Exception e)
        {
            failure = ExceptionDispatchInfo.Capture(e);
            broken();
        }

        call.Cancel?.Invoke();
    }

    private readonly record struct Call(Action Run, Action? Cancel);
}
