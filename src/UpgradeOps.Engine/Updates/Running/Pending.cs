using UpgradeOps.Engine.Updates.Journal;

namespace UpgradeOps.Engine.Updates.Running;

/// <summary>What to say of an operation that stands in the way of another.</summary>
internal static class Pending
{
    public static AppError Error(OperationRecord open) => new()
    {
        ErrorId = ErrorIds.OperationPending,
        Message = $"Operation {open.OperationId} ({open.Plan.From.Version} to {open.Plan.To.Version}, begun {open.StartedAt:u} by {open.Start.By}) "
            + (open.Outcome is { } outcome ? $"is {outcome.Status}: {outcome.Error?.Message}" : "did not end: its process died."),
        Target = open.Plan.Name,
        RecommendedAction = open.Outcome?.Next ?? Commands.Resume(open.Plan.Name),
    };
}
