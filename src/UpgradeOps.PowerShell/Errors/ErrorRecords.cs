using System.Management.Automation;

namespace UpgradeOps.PowerShell.Errors;

/// <summary>Error records from what the engine reports.</summary>
internal static class ErrorRecords
{
    /// <param name="exception">What happened; anything but an <see cref="AppException"/> was not foreseen.</param>
    /// <param name="app">The application it happened to, where that is known.</param>
    public static ErrorRecord From(Exception exception, string? app) => exception switch
    {
        AppException known => From(known.Error, known, app),
        IContainsErrorRecord own => own.ErrorRecord,
        _ => From(
            new AppError
            {
                ErrorId = ErrorIds.Unexpected,
                Message = $"Unexpected {exception.GetType().Name}: {exception.Message}",
                RecommendedAction = "This is a fault of UpgradeOps: report it with what Get-Error shows.",
            },
            exception,
            app),
    };

    public static ErrorRecord From(AppError error, string? app) => From(error, new AppException(error), app);

    private static ErrorRecord From(AppError error, Exception exception, string? app) =>
        new(exception, error.ErrorId, Category(error.ErrorId), app ?? error.Target)
        {
            ErrorDetails = new ErrorDetails(error.Message) { RecommendedAction = error.RecommendedAction ?? "" },
        };

    private static ErrorCategory Category(string errorId) => ErrorCatalogue.Find(errorId)?.Kind switch
    {
        ErrorKind.InvalidInput => ErrorCategory.InvalidArgument,
        ErrorKind.NotFound => ErrorCategory.ObjectNotFound,
        ErrorKind.NotReachable => ErrorCategory.ConnectionError,
        ErrorKind.NotPermitted => ErrorCategory.PermissionDenied,
        ErrorKind.Conflict => ErrorCategory.ResourceBusy,
        ErrorKind.Damaged => ErrorCategory.InvalidData,
        ErrorKind.Failed => ErrorCategory.OperationStopped,
        _ => ErrorCategory.NotSpecified,
    };
}
