namespace UpgradeOps.Engine.Updates.Running;

/// <summary>Any exception of a step as data.</summary>
internal static class Failure
{
    public static AppError From(Exception exception, PlannedStep step) => exception is AppException app
        ? app.Error
        : new AppError
        {
            ErrorId = ErrorIds.StepFailed,
            Message = $"Step {step.Id} ({step.Description}) failed: {exception.Message} [{exception.GetType().Name}]",
            Target = step.Id,
            RecommendedAction = ErrorCatalogue.Find(ErrorIds.StepFailed)?.DefaultAction,
        };
}
