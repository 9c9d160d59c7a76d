using UpgradeOps.Engine.Releases.Registry;
using UpgradeOps.Engine.Releases.Registry.Http;

namespace UpgradeOps.Engine.Releases.GitHub;

/// <summary>What GitHub refuses, in words.</summary>
internal static class GitHubErrors
{
    public const string Again = "Check the network and the server, then run the same command again.";

    private const string GiveToken = "Give a token that may read the repository's contents: 'token: env:GITHUB_TOKEN' under releases.github.";

    /// <param name="name">The repository, for a person.</param>
    /// <param name="what">What was asked for, such as "its releases".</param>
    public static AppException Refused(string name, string what, RegistryAnswer answer, bool hasToken) => answer.Status switch
    {
        401 => new AppException(
            ErrorIds.RepositoryUnauthorized, $"{name}: {answer.Uri.Authority} refused the token (401){RegistryErrors.Said(answer)}.", name,
            "Renew the token that releases.github.token names; it may have expired or been taken back."),
        403 => new AppException(
            ErrorIds.RepositoryUnauthorized, $"{name}: {answer.Uri.Authority} does not let us have {what} (403){RegistryErrors.Said(answer)}.", name, GiveToken),
        404 => new AppException(
            ErrorIds.RepositoryMissing,
            $"{name}: {answer.Uri.Authority} knows nothing of {what} (404). {(hasToken ? "There is no such repository, or the token may not read it." : "There is no such repository, or it is private: GitHub says this to whoever asks without a token.")}",
            name, hasToken ? "Correct releases.github.repository, or give the token the right to read its contents." : GiveToken),
        _ => new AppException(ErrorIds.RepositoryFailed, $"{name}: {answer.Uri.Authority} answered {answer.Status} to the question for {what}{RegistryErrors.Said(answer)}.", name, Again),
    };

    public static AppException Unreadable(string name, string what, string reason) =>
        new(ErrorIds.RepositoryFailed, $"{name}: {what} cannot be read: {reason}.", name, Again);
}
