namespace UpgradeOps.Engine.Progress;

/// <summary>Where the engine tells what it does. A face shows it; called from any thread.</summary>
public interface IProgressSink
{
    void Report(ProgressEvent progress);
}

public enum ProgressKind
{
    /// <summary>The operation began; <see cref="ProgressEvent.Plan"/> is set.</summary>
    OperationStarted,
    StepStarted,
    Working,
    StepDone,
    StepFailed,
    Undoing,
    StepUndone,
    Warning,
    OperationEnded,
}

/// <param name="StepId">The step it is about; null for the operation as a whole.</param>
public sealed record ProgressEvent(ProgressKind Kind, string? StepId, string Message)
{
    public DateTimeOffset At { get; init; }

    public long? BytesDone { get; init; }

    public long? BytesTotal { get; init; }

    public UpdatePlan? Plan { get; init; }
}

/// <summary>For callers who do not want to know.</summary>
public sealed class NoProgress : IProgressSink
{
    public static readonly NoProgress Instance = new();

    public void Report(ProgressEvent progress)
    {
    }
}
