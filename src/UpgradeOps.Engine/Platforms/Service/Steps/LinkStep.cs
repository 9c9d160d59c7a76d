using UpgradeOps.Engine.Hosts;
using UpgradeOps.Engine.Steps;

namespace UpgradeOps.Engine.Platforms.Service.Steps;

/// <summary>Points <c>current</c> to another release folder.</summary>
internal sealed class LinkStep(PlannedStep planned, ServicePaths paths, ReleaseFolders folders, IHostFiles files) : Step(planned)
{
    private string Folder => Input(ServiceSteps.Folder);

    public override async Task<StepState> ObserveAsync(StepContext context, CancellationToken cancellationToken) =>
        context.Outputs.ContainsKey(ServiceSteps.PreviousFolder)
        && await folders.CurrentAsync(cancellationToken).ConfigureAwait(false) == Folder
            ? StepState.Done
            : StepState.NotDone;

    public override async Task DoAsync(StepContext context, CancellationToken cancellationToken)
    {
        if (!await folders.ExistsAsync(Folder, cancellationToken).ConfigureAwait(false))
            throw new AppException(ErrorIds.ReleaseNotFound, $"The release folder {Folder} is not there.", Folder);

        if (!context.Outputs.ContainsKey(ServiceSteps.PreviousFolder))
        {
            var previous = await folders.CurrentAsync(cancellationToken).ConfigureAwait(false);
            await context.RecordAsync(ServiceSteps.PreviousFolder, previous ?? "", cancellationToken).ConfigureAwait(false);
        }

        await folders.PointAsync(Folder, cancellationToken).ConfigureAwait(false);
    }

    public override async Task UndoAsync(StepContext context, CancellationToken cancellationToken)
    {
        if (!context.Outputs.TryGetValue(ServiceSteps.PreviousFolder, out var previous))
            return;
        if (previous.Length > 0)
            await folders.PointAsync(previous, cancellationToken).ConfigureAwait(false);
        else
            await files.DeleteAsync(paths.Current, cancellationToken).ConfigureAwait(false);
    }
}
