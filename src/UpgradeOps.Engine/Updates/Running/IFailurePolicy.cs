using UpgradeOps.Engine.Updates.Journal;

namespace UpgradeOps.Engine.Updates.Running;

/// <summary>What the runner must know about the application when an operation ends or fails; it knows nothing of applications itself.</summary>
internal interface IFailurePolicy
{
    /// <summary>Captures what the way back would destroy, and looks for the failure's cause in it. Never throws: evidence is worth less than the way back.</summary>
    Task<Evidence> CaptureAsync(OperationRecord record, PlannedStep failed, AppError error);

    /// <summary>An error without the secrets that are known by now.</summary>
    AppError Clean(AppError error);

    /// <summary>Decides what becomes of the data, from the plan, a person's choice, and whether migrations were applied.</summary>
    Task<DataDecision> DecideAsync(OperationRecord record, CancellationToken cancellationToken);

    /// <summary>Looks whether what ran before runs again.</summary>
    /// <returns>Null when it does.</returns>
    Task<AppError?> VerifyOldAsync(OperationRecord record, CancellationToken cancellationToken);

    /// <summary>Remembers what an operation that is about to be kept decided: the channel, and that the version works.</summary>
    Task RememberKeptAsync(OperationRecord record);

    /// <summary>Remembers that the version is bad, if it was the version that failed.</summary>
    Task RememberBadAsync(OperationRecord record);
}

/// <param name="NeedsChoice">Set when a person must choose; nothing is touched then.</param>
internal sealed record DataDecision(DataPolicy Data, AppError? NeedsChoice = null);

/// <summary>What is known of a failure.</summary>
/// <param name="Error">The cause as far as it was found, else the error as it was seen.</param>
/// <param name="Files">Where the evidence is.</param>
internal sealed record Evidence(AppError Error, IReadOnlyList<string> Files);
