namespace UpgradeOps.Engine.Platforms.Service;

internal static class ServiceFindings
{
    /// <summary>A finding that refuses the update, with the catalogue's advice.</summary>
    public static Finding Blocker(string errorId, string target, string message) => new()
    {
        Severity = FindingSeverity.Blocker,
        ErrorId = errorId,
        Target = target,
        Message = message,
        RecommendedAction = ErrorCatalogue.Find(errorId)?.DefaultAction,
    };
}
