using UpgradeOps.Engine.Operations;
using UpgradeOps.Engine.Platforms;

namespace UpgradeOps.Engine.Preflight;

/// <summary>Looks for whatever would make an update fail, in every room at once, before anything is changed.</summary>
internal static class PreflightChecks
{
    /// <summary>A check that cannot be made is a blocker too: what is not known must not be guessed.</summary>
    public static async Task<IReadOnlyList<Finding>> RunAsync(
        AppRooms rooms, Deployment current, PlatformTarget target, CancellationToken cancellationToken)
    {
        var app = rooms.Definition.Name;
        var answers = await Task.WhenAll(
            AskAsync("platform", app, () => rooms.Platform.CheckAsync(current, target, cancellationToken)),
            AskAsync("backups", app, () => rooms.Backups.CheckAsync(cancellationToken)),
            AskAsync("state", app, () => StateCheck.RunAsync(rooms, cancellationToken))).ConfigureAwait(false);
        return
        [
            .. answers.SelectMany(a => a),
            .. RunningCheck.Run(current),
            .. HealthCheck.Run(rooms.Definition),
            .. MovingTagCheck.Run(rooms.Definition, target),
            .. SandboxCheck.Run(app, Environment.GetEnvironmentVariable),
        ];
    }

    private static async Task<IReadOnlyList<Finding>> AskAsync(string room, string app, Func<Task<IReadOnlyList<Finding>>> check)
    {
        try
        {
            return await check().ConfigureAwait(false);
        }
        catch (AppException e)
        {
            return [Findings.Of(FindingSeverity.Blocker, e.ErrorId, e.Error.Target ?? app, e.Message, e.Error.RecommendedAction)];
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or HttpRequestException or TimeoutException)
        {
            return [Findings.Of(FindingSeverity.Blocker, ErrorIds.PreflightFailed, app, $"The check of {room} could not be made: {e.Message}")];
        }
    }
}
