using UpgradeOps.Engine.Operations;
using UpgradeOps.Engine.Platforms;

namespace UpgradeOps.Engine.Preflight;

/// <summary>Looks for whatever would make an update fail, in every room at once, before anything is changed.</summary>
internal static class PreflightChecks
{
    public static async Task<IReadOnlyList<Finding>> RunAsync(
        AppRooms rooms, Deployment current, PlatformTarget target, CancellationToken cancellationToken)
    {
        var asked = new[]
        {
            rooms.Platform.CheckAsync(current, target, cancellationToken),
            rooms.Backups.CheckAsync(cancellationToken),
            StateAsync(rooms, cancellationToken),
        };
        var answers = await Task.WhenAll(asked).ConfigureAwait(false);
        return answers.SelectMany(a => a).Concat(Health(rooms)).ToList();
    }

    private static async Task<IReadOnlyList<Finding>> StateAsync(AppRooms rooms, CancellationToken cancellationToken)
    {
        try
        {
            await rooms.State.CheckWritableAsync(cancellationToken).ConfigureAwait(false);
            return [];
        }
        catch (AppException e)
        {
            return
            [
                new Finding
                {
                    Severity = FindingSeverity.Blocker,
                    ErrorId = e.ErrorId,
                    Target = rooms.State.Location,
                    Message = e.Message,
                    RecommendedAction = e.Error.RecommendedAction,
                },
            ];
        }
    }

    private static IEnumerable<Finding> Health(AppRooms rooms)
    {
        if (!rooms.Health.Declared)
        {
            yield return new Finding
            {
                Severity = FindingSeverity.Warning,
                ErrorId = ErrorIds.NoHealthCheck,
                Target = rooms.Definition.Path,
                Message = "No health check is declared: the update can only see that the new version runs, not that it works.",
                RecommendedAction = ErrorCatalogue.Find(ErrorIds.NoHealthCheck)?.DefaultAction,
            };
        }
    }
}
