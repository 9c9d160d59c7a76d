namespace UpgradeOps.Engine.Preflight;

internal static class Findings
{
    /// <param name="action">Null for what the catalogue of errors says.</param>
    public static Finding Of(FindingSeverity severity, string errorId, string target, string message, string? action = null) => new()
    {
        Severity = severity,
        ErrorId = errorId,
        Target = target,
        Message = message,
        RecommendedAction = action ?? ErrorCatalogue.Find(errorId)?.DefaultAction,
    };
}
