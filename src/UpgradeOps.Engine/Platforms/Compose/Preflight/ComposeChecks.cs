using UpgradeOps.Engine.Platforms.Compose.Builds;
using UpgradeOps.Engine.Platforms.Compose.Planning;
using UpgradeOps.Engine.Releases.Git;

namespace UpgradeOps.Engine.Platforms.Compose.Preflight;

/// <summary>Looks for what would make an update fail on Compose. Changes nothing.</summary>
internal sealed class ComposeChecks(ComposeProject project)
{
    private static readonly Version OldestCompose = new(2, 4);

    public async Task<IReadOnlyList<Finding>> RunAsync(Deployment current, PlatformTarget target, CancellationToken cancellationToken)
    {
        try
        {
            await project.Docker.PingAsync(cancellationToken).ConfigureAwait(false);
            // Two commands of a tenth of a second each: side by side. A missing plugin explains why the other fails, so it is told first.
            var command = CheckCommandAsync(cancellationToken);
            var reading = ReadAsync(current, target, cancellationToken);
            await Task.WhenAll(command, reading).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            if (await command.ConfigureAwait(false) is { } unfit)
                return [unfit];
            var snapshot = await reading.ConfigureAwait(false);
            var asked = await Task.WhenAll(
                new DriftCheck(project, snapshot).RunAsync(cancellationToken),
                new ImageCheck(project, snapshot).RunAsync(target, cancellationToken)).ConfigureAwait(false);
            var build = snapshot.Target is null || target.IsRecorded ? [] : await new BuildCheck(project, snapshot, GitDigest.CommitOf(target.Release.Digest)!).RunAsync(cancellationToken).ConfigureAwait(false);
            return [.. build, .. new MountCheck(project, snapshot).Run(), .. new ServiceChecks(project, snapshot).Run(), .. asked.SelectMany(f => f)];
        }
        catch (AppException e)
        {
            return [Findings.Of(e)];
        }
    }

    private async Task<ComposeSnapshot> ReadAsync(Deployment current, PlatformTarget target, CancellationToken cancellationToken) => await ComposeSnapshot.ReadAsync(
        project, cancellationToken, project.Compose.Build is null ? null : await TargetProject.ReadAsync(project, current, target, cancellationToken).ConfigureAwait(false)).ConfigureAwait(false);

    private async Task<Finding?> CheckCommandAsync(CancellationToken cancellationToken)
    {
        var version = await project.Command.VersionAsync(cancellationToken).ConfigureAwait(false);
        if (version is null)
            return Findings.Blocker(ErrorIds.ComposeMissing, "docker compose", "The docker command has no compose plugin.");
        var number = new string(version.TrimStart('v').TakeWhile(c => char.IsAsciiDigit(c) || c == '.').ToArray()).TrimEnd('.');
        return Version.TryParse(number, out var parsed) && parsed < OldestCompose
            ? Findings.Blocker(ErrorIds.ComposeMissing, "docker compose", $"Compose {version} is too old: {OldestCompose} or newer is needed.")
            : null;
    }
}

/// <summary>Findings in one line each.</summary>
internal static class Findings
{
    public static Finding Of(AppException e) => new()
    {
        Severity = FindingSeverity.Blocker,
        ErrorId = e.ErrorId,
        Target = e.Error.Target ?? "",
        Message = e.Message,
        RecommendedAction = e.Error.RecommendedAction,
    };

    public static Finding Blocker(string errorId, string target, string message, string? action = null) => Make(FindingSeverity.Blocker, errorId, target, message, action);

    public static Finding Warning(string errorId, string target, string message, string? action = null) => Make(FindingSeverity.Warning, errorId, target, message, action);

    public static Finding Information(string errorId, string target, string message, string? action = null) => Make(FindingSeverity.Information, errorId, target, message, action);

    private static Finding Make(FindingSeverity severity, string errorId, string target, string message, string? action) => new()
    {
        Severity = severity,
        ErrorId = errorId,
        Target = target,
        Message = message,
        RecommendedAction = action ?? ErrorCatalogue.Find(errorId)?.DefaultAction,
    };
}
