using System.Globalization;
using System.Management.Automation;
using UpgradeOps.Engine.Progress;

namespace UpgradeOps.PowerShell.Async;

/// <summary>Where an operation stands, as one progress bar can show it.</summary>
internal sealed class ProgressState
{
    public const int ActivityId = 0x0A99;

    private readonly HashSet<string> ended = [];
    private ProgressEvent? last;
    private int steps;

    public string Activity { get; private set; } = "UpgradeOps";

    /// <summary>The event as a line of the verbose stream.</summary>
    public static string Line(ProgressEvent progress) =>
        progress.StepId is null ? $"{progress.Kind}: {progress.Message}" : $"{progress.Kind} {progress.StepId}: {progress.Message}";

    public void Take(ProgressEvent progress)
    {
        last = progress;
        switch (progress.Kind)
        {
            case ProgressKind.OperationStarted when progress.Plan is { } plan:
                ended.Clear();
                steps = plan.Steps.Count;
                Activity = $"{plan.Kind} {plan.Name} {plan.From.Version} → {plan.To.Version}";
                break;
            case ProgressKind.StepDone when progress.StepId is { } step:
                ended.Add(step);
                break;
            case ProgressKind.StepUndone when progress.StepId is { } step:
                ended.Remove(step);
                break;
        }
    }

    public ProgressRecord ToRecord() => new(ActivityId, Activity, string.IsNullOrEmpty(last?.Message) ? "…" : last.Message)
    {
        PercentComplete = steps == 0 ? -1 : Math.Min(100, (int)((ended.Count + Within) * 100 / steps)),
        CurrentOperation = last?.BytesDone is { } done ? Bytes(done, last.BytesTotal) : "",
    };

    /// <summary>How much of the step at hand is done, from 0 to 1.</summary>
    private double Within => last is { BytesDone: { } done, BytesTotal: > 0 and { } total } ? Math.Clamp((double)done / total, 0, 1) : 0;

    private static string Bytes(long done, long? total) => total is { } all
        ? string.Create(CultureInfo.InvariantCulture, $"{done / 1e6:0.0} of {all / 1e6:0.0} MB")
        : string.Create(CultureInfo.InvariantCulture, $"{done / 1e6:0.0} MB");
}
