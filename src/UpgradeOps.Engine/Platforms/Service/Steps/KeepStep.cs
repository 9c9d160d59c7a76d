using UpgradeOps.Engine.Hosts;
using UpgradeOps.Engine.Platforms.Service.Supervisors;
using UpgradeOps.Engine.Steps;

namespace UpgradeOps.Engine.Platforms.Service.Steps;

/// <summary>Removes old releases and what killed operations left half done; never the release that ran before this one.</summary>
internal sealed class KeepStep(PlannedStep planned, ServicePaths paths, ReleaseFolders folders, ISupervisor supervisor, IHostFiles files) : Step(planned)
{
    public const int Kept = 3;
    private const int KeptLogs = 5;

    public override async Task DoAsync(StepContext context, CancellationToken cancellationToken)
    {
        foreach (var leftover in await folders.LeftoversAsync(cancellationToken).ConfigureAwait(false))
            await files.DeleteAsync(leftover, cancellationToken).ConfigureAwait(false);

        var all = await folders.ListAsync(cancellationToken).ConfigureAwait(false);
        var held = new HashSet<string?>(StringComparer.Ordinal)
        {
            Input(ServiceSteps.Folder),
            OptionalInput(ServiceSteps.Previous),
            await folders.CurrentAsync(cancellationToken).ConfigureAwait(false),
            (await supervisor.InspectAsync(cancellationToken).ConfigureAwait(false))?.ReleaseFolder,
        };
        var kept = held.Count(h => h is not null && all.Contains(h));
        foreach (var folder in all.Where(f => !held.Contains(f)).Skip(Math.Max(0, Kept - kept)))
        {
            context.Tell($"Removing {folder}");
            await folders.RemoveAsync(folder, cancellationToken).ConfigureAwait(false);
        }

        var logs = (await files.ListAsync(paths.Logs, cancellationToken).ConfigureAwait(false)).Where(f => f.Name.StartsWith("build-", StringComparison.Ordinal));
        foreach (var log in logs.OrderByDescending(f => f.ModifiedAt).Skip(KeptLogs))
            await files.DeleteAsync(log.Path, cancellationToken).ConfigureAwait(false);
    }
}
