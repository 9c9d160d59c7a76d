using UpgradeOps.Engine.Hosts;

namespace UpgradeOps.Engine.Releases.Git;

/// <summary>Makes one of our errors of what git wrote before it gave up. It speaks English: <see cref="GitAccess"/> sees to that.</summary>
internal static class GitFailure
{
    /// <summary>What git warns of when it leaves a tag or branch out, of which the other side has not all commits. It calls that a success.</summary>
    private const string Shallow = "shallow roots are not allowed";

    private static readonly (string Sign, string ErrorId)[] Signs =
    [
        ("promisor remote", ErrorIds.RepositoryIncomplete),
        (Shallow, ErrorIds.RepositoryIncomplete),
        ("REMOTE HOST IDENTIFICATION HAS CHANGED", ErrorIds.HostKeyChanged),
        ("Host key verification failed", ErrorIds.HostKeyUnknown),
        ("Permission denied", ErrorIds.RepositoryUnauthorized),
        ("Too many authentication failures", ErrorIds.RepositoryUnauthorized),
        ("Authentication failed", ErrorIds.RepositoryUnauthorized),
        ("could not read Username", ErrorIds.RepositoryUnauthorized),
        ("could not read Password", ErrorIds.RepositoryUnauthorized),
        ("returned error: 401", ErrorIds.RepositoryUnauthorized),
        ("returned error: 403", ErrorIds.RepositoryUnauthorized),
        ("dubious ownership", ErrorIds.RepositoryUnauthorized),
        ("certificate", ErrorIds.RepositoryUnauthorized),
        ("Could not resolve", ErrorIds.RepositoryUnreachable),
        ("Connection refused", ErrorIds.RepositoryUnreachable),
        ("Connection timed out", ErrorIds.RepositoryUnreachable),
        ("Connection reset", ErrorIds.RepositoryUnreachable),
        ("Connection closed", ErrorIds.RepositoryUnreachable),
        ("No route to host", ErrorIds.RepositoryUnreachable),
        ("Network is unreachable", ErrorIds.RepositoryUnreachable),
        ("Failed to connect", ErrorIds.RepositoryUnreachable),
        ("Operation too slow", ErrorIds.RepositoryUnreachable),
        ("early EOF", ErrorIds.RepositoryUnreachable),
        ("unexpected disconnect", ErrorIds.RepositoryUnreachable),
        ("remote end hung up unexpectedly", ErrorIds.RepositoryUnreachable),
        ("returned error: 5", ErrorIds.RepositoryUnreachable),
        ("No space left on device", ErrorIds.DiskTooFull),
        ("not found", ErrorIds.RepositoryMissing),
        ("does not appear to be a git repository", ErrorIds.RepositoryMissing),
        ("not a git repository", ErrorIds.RepositoryMissing),
        ("returned error: 404", ErrorIds.RepositoryMissing),
        ("No such file or directory", ErrorIds.RepositoryMissing),
    ];

    /// <param name="what">What was tried, as in "the releases of notes cannot be fetched".</param>
    public static AppException Of(CommandResult result, IHost host, string repository, string what) => result.ExitCode switch
    {
        GitScripts.NoGit => new AppException(ErrorIds.HostCommandMissing, $"There is no command 'git' on {host.Address}, with which {repository} would be read.", "git"),
        GitScripts.NoFolder => new AppException(ErrorIds.HostFileFailed, $"The application's folder does not exist on {host.Address}: there is no place for a copy of {repository}.", repository, "Make the folder that the definition names as the platform's directory."),
        GitScripts.NoSubmodule => new AppException(ErrorIds.SubmoduleMissing, $"A submodule of {repository} cannot be had: {Words(result)}", repository),
        _ when ErrorOf(result) == ErrorIds.RepositoryIncomplete => new AppException(
            ErrorIds.RepositoryIncomplete, $"{repository}: {what}, from {host.Address}: it is a {(IsShallow(result) ? "shallow clone, which has not all commits" : "partial clone, which has not all files")}.", repository),
        _ => new AppException(ErrorOf(result), $"{repository}: {what}, from {host.Address}: {Words(result)}", repository),
    };

    /// <summary>True when a fetch left out what a shallow clone cannot give.</summary>
    public static bool IsShallow(CommandResult result) => result.Error.Contains(Shallow, StringComparison.Ordinal);

    public static string ErrorOf(CommandResult result) =>
        Signs.FirstOrDefault(s => result.Error.Contains(s.Sign, StringComparison.OrdinalIgnoreCase)).ErrorId ?? ErrorIds.RepositoryFailed;

    /// <summary>True when it is our copy that is damaged: it holds nothing that cannot be fetched again.</summary>
    public static bool IsDamagedCopy(CommandResult result) => result.ExitCode is not (GitScripts.NoGit or GitScripts.NoFolder)
        && (string[])["is corrupt", "object file", "bad object", "loose object", "missing blob", "missing tree", "packfile", "unresolved deltas", "bad ref", "not a git repository:", "inflate:"] is var signs
        && signs.Any(s => result.Error.Contains(s, StringComparison.OrdinalIgnoreCase));

    /// <summary>What git says, in one line, without the advice that follows on each failure.</summary>
    private static string Words(CommandResult result)
    {
        var lines = result.Error.Split('\n', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries)
            .Where(l => !l.StartsWith("Please make sure", StringComparison.Ordinal) && !l.StartsWith("and the repository exists", StringComparison.Ordinal)
                && !l.StartsWith("@@@", StringComparison.Ordinal) && !l.StartsWith("hint:", StringComparison.Ordinal))
            .Select(l => l.StartsWith("fatal: ", StringComparison.Ordinal) ? l["fatal: ".Length..] : l)
            .TakeLast(6)
            .ToList();
        return lines.Count == 0 ? $"git ended with exit code {result.ExitCode}" : GitText.Line(GitAddress.Clean(string.Join("; ", lines)));
    }
}
