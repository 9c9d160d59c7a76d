namespace UpgradeOps;

/// <summary>The one exception that UpgradeOps throws for conditions it understands.</summary>
public sealed class AppException : Exception
{
    /// <param name="errorId">A name from <see cref="ErrorIds"/>.</param>
    /// <param name="message">What is wrong, with the file, line or field.</param>
    /// <param name="target">What it is about.</param>
    /// <param name="action">What to do next.</param>
    /// <param name="inner">What caused it.</param>
    public AppException(string errorId, string message, string? target = null, string? action = null, Exception? inner = null)
        : base(message, inner)
    {
        Error = new AppError
        {
            ErrorId = errorId,
            Message = message,
            Target = target,
            RecommendedAction = action ?? ErrorCatalogue.Find(errorId)?.DefaultAction,
        };
    }

    public AppException(AppError error)
        : base(error.Message) => Error = error;

    public AppError Error { get; }

    public string ErrorId => Error.ErrorId;
}
