using UpgradeOps.Engine.Json;
using UpgradeOps.Engine.Steps;

namespace UpgradeOps.Engine.Platforms.Compose.Steps;

/// <summary>
/// Points the local tags that the compose file will ask for at the images that were chosen: Compose then starts exactly these, without a
/// registry. Undone, each tag goes back to the image that it had; a tag that was not there before stays, as after any pull.
/// </summary>
internal sealed class TagStep(PlannedStep planned, ComposeProject project) : ComposeStep(planned, project)
{
    public override async Task<StepState> ObserveAsync(StepContext context, CancellationToken cancellationToken)
    {
        foreach (var (reference, image) in Wanted(context))
        {
            if (await FindAsync(reference, cancellationToken).ConfigureAwait(false) != image)
                return StepState.NotDone;
        }

        return StepState.Done;
    }

    public override async Task DoAsync(StepContext context, CancellationToken cancellationToken)
    {
        var wanted = Wanted(context);
        if (!context.Outputs.ContainsKey(StepOutputs.Previous))
        {
            var previous = new Dictionary<string, string>();
            foreach (var reference in wanted.Keys)
                previous[reference] = await FindAsync(reference, cancellationToken).ConfigureAwait(false) ?? "";
            await context.RecordAsync(StepOutputs.Previous, EngineJson.Write(previous), cancellationToken).ConfigureAwait(false);
        }

        foreach (var (reference, image) in wanted)
            await PointAsync(reference, image, cancellationToken).ConfigureAwait(false);
    }

    public override async Task UndoAsync(StepContext context, CancellationToken cancellationToken)
    {
        foreach (var (reference, image) in Recorded<Dictionary<string, string>>(context.Outputs, StepOutputs.Previous))
        {
            // An image that nothing held may have been pruned since; what ran before is held.
            if (image.Length > 0 && await Docker.InspectImageAsync(image, cancellationToken).ConfigureAwait(false) is not null)
                await PointAsync(reference, image, cancellationToken).ConfigureAwait(false);
        }
    }

    private Dictionary<string, string> Wanted(StepContext context) => Services
        .Select(s => (s.Reference, Image: ImageOf(s, context)))
        .Where(s => s.Image is not null)
        .DistinctBy(s => s.Reference)
        .ToDictionary(s => s.Reference, s => s.Image!);

    private async Task<string?> FindAsync(string reference, CancellationToken cancellationToken) =>
        (await Docker.InspectImageAsync(reference, cancellationToken).ConfigureAwait(false))?.Id;

    private async Task PointAsync(string reference, string image, CancellationToken cancellationToken)
    {
        if (await FindAsync(reference, cancellationToken).ConfigureAwait(false) == image)
            return;
        await Docker.TagImageAsync(image, ImageIdentity.RepositoryOf(reference), ImageIdentity.TagOf(reference) ?? "latest", cancellationToken).ConfigureAwait(false);
    }
}
