using System.Management.Automation;
using UpgradeOps.Engine.Progress;

namespace UpgradeOps.PowerShell.Async;

/// <summary>
/// Shows what the engine reports: progress at most five times a second and always the newest, warnings and verbose lines each.
/// Internal, as every type here that implements a contract of the engine: a public one would break the import.
/// </summary>
internal sealed class ProgressWriter(AsyncCmdlet cmdlet, TimeProvider time) : IProgressSink, IDisposable
{
    private static readonly TimeSpan Interval = TimeSpan.FromMilliseconds(200);

    private readonly ProgressState state = new();
    private readonly object gate = new();
    private ITimer? timer;
    private bool changed;
    private bool shown;

    public void Report(ProgressEvent progress)
    {
        switch (progress.Kind)
        {
            case ProgressKind.Warning:
                cmdlet.Post(() => cmdlet.WriteWarning(progress.Message));
                return;
            case not ProgressKind.Working:
                cmdlet.Post(() => cmdlet.WriteVerbose(ProgressState.Line(progress)));
                break;
        }

        lock (gate)
        {
            state.Take(progress);
            changed = true;
            timer ??= time.CreateTimer(_ => Tick(), null, TimeSpan.Zero, Interval);
        }
    }

    /// <summary>Takes the bar off the screen. On the pipeline's thread, when the work has ended.</summary>
    public void Complete()
    {
        Dispose();
        if (!shown)
            return;

        shown = false;
        try
        {
            cmdlet.WriteProgress(new ProgressRecord(ProgressState.ActivityId, state.Activity, "Done") { RecordType = ProgressRecordType.Completed });
        }
        catch (PipelineStoppedException)
        {
            // After Ctrl+C nothing can be written any more, and the host takes the bar away by itself.
        }
    }

    public void Dispose()
    {
        lock (gate)
        {
            timer?.Dispose();
            timer = null;
        }
    }

    private void Tick()
    {
        ProgressRecord record;
        lock (gate)
        {
            if (!changed || timer is null)
                return;
            changed = false;
            record = state.ToRecord();
        }

        cmdlet.Post(() =>
        {
            shown = true;
            cmdlet.WriteProgress(record);
        });
    }
}
