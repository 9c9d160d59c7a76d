namespace UpgradeOps.Integration.Faults;

/// <summary>How an operation ended, also when it could not even be planned.</summary>
internal sealed record FaultOutcome(UpdateStatus Status, AppError? Error, string? Next, IReadOnlyList<Finding> Findings, UpdateResult? Result = null)
{
    public string Told => $"{Next} {Error?.RecommendedAction}";

    public static FaultOutcome Of(UpdateResult result) => new(result.Status, result.Error, result.Next, result.Findings, result);

    public static FaultOutcome Of(AppException e) => new(UpdateStatus.Refused, e.Error, e.Error.RecommendedAction, []);

    public override string ToString() => $"{Status} {Error} next: {Next}\n{string.Join('\n', Result?.Steps.Select(s => $"{s.Id} {s.Outcome} {s.Detail}") ?? [])}";
}
