using UpgradeOps.Engine.Apps.Definition;
using UpgradeOps.Engine.Releases.Registry;
using UpgradeOps.Engine.Releases.Registry.Http;

namespace UpgradeOps.Engine.Releases.GitHub;

/// <summary>What GitHub refuses, in words.</summary>
internal static class GitHubErrors
{
    public const string Again = "Check the network and the server, then run the same command again.";

    /// <param name="what">What was asked for, such as "its releases".</param>
    public static AppException Refused(GitHubApi api, string what, RegistryAnswer answer) => answer.Status switch
    {
        401 => new AppException(
            ErrorIds.RepositoryUnauthorized, $"{api.Name}: {answer.Uri.Authority} refused the token (401){RegistryErrors.Said(answer)}.", api.Name,
            $"Renew the token that {api.Declared.Key}.token names; it may have expired or been taken back."),
        403 => new AppException(
            ErrorIds.RepositoryUnauthorized, $"{api.Name}: {answer.Uri.Authority} does not let us have {what} (403){RegistryErrors.Said(answer)}.", api.Name, GiveToken(api.Declared)),
        404 => new AppException(
            ErrorIds.RepositoryMissing,
            $"{api.Name}: {answer.Uri.Authority} knows nothing of {what} (404). {(api.Declared.Token is not null ? "There is no such repository, or the token may not read it." : "There is no such repository, or it is private: GitHub says this to whoever asks without a token.")}",
            api.Name, api.Declared.Token is not null ? $"Correct the repository under {api.Declared.Key}, or give the token the right to read its contents." : GiveToken(api.Declared)),
        _ => new AppException(ErrorIds.RepositoryFailed, $"{api.Name}: {answer.Uri.Authority} answered {answer.Status} to the question for {what}{RegistryErrors.Said(answer)}.", api.Name, Again),
    };

    public static AppException Unreadable(string name, string what, string reason) =>
        new(ErrorIds.RepositoryFailed, $"{name}: {what} cannot be read: {reason}.", name, Again);

    private static string GiveToken(GitHubPlace place) => $"Give a token that may read the repository's contents: 'token: env:GITHUB_TOKEN' under {place.Key}.";
}
