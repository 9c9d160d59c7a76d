namespace UpgradeOps.Engine.Backups.Sources;

/// <summary>Findings made from what the catalogue knows.</summary>
internal static class Findings
{
    public static Finding Blocker(AppError error, string target) => new()
    {
        Severity = FindingSeverity.Blocker,
        ErrorId = error.ErrorId,
        Target = error.Target ?? target,
        Message = error.Message,
        RecommendedAction = error.RecommendedAction,
    };

    public static Finding Make(FindingSeverity severity, string errorId, string target, string message) => new()
    {
        Severity = severity,
        ErrorId = errorId,
        Target = target,
        Message = message,
        RecommendedAction = ErrorCatalogue.Find(errorId)?.DefaultAction,
    };
}
