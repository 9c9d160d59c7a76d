using System.Globalization;
using UpgradeOps.Engine.Json;
using UpgradeOps.Engine.Steps;

namespace UpgradeOps.Engine.Platforms.Compose.Steps;

/// <summary>Fetches the new images by digest, while the old ones serve. No tag moves.</summary>
internal sealed class PullStep(PlannedStep planned, ComposeProject project) : ComposeStep(planned, project)
{
    private const int EngineTries = 2;
    private static readonly TimeSpan Stall = TimeSpan.FromMinutes(5);

    private IEnumerable<MovedService> Wanted => Services.Where(s => s.Digest is not null).DistinctBy(s => s.NewImage);

    /// <summary>Whether all images are here. What they are is recorded by doing it again, which then costs nothing.</summary>
    public override Task<StepState> ObserveAsync(StepContext context, CancellationToken cancellationToken) =>
        Task.FromResult(StepState.NotDone);

    public override async Task DoAsync(StepContext context, CancellationToken cancellationToken)
    {
        var engine = await Docker.GetVersionAsync(cancellationToken).ConfigureAwait(false);
        var images = new Dictionary<string, string>();
        foreach (var service in Wanted)
        {
            var name = service.NewImage!;
            var image = await Docker.InspectImageAsync(name, cancellationToken).ConfigureAwait(false);
            if (image is null)
            {
                await PullAsync(service, context, cancellationToken).ConfigureAwait(false);
                image = await Docker.InspectImageAsync(name, cancellationToken).ConfigureAwait(false)
                    ?? throw new AppException(ErrorIds.PullFailed, $"{name} was pulled, yet the engine does not have it.", name);
            }

            if (image.Architecture.Length > 0 && (image.Architecture != engine.Arch || image.Os != engine.Os))
            {
                throw new AppException(
                    ErrorIds.ReleaseWrongPlatform, $"{name} was built for {image.Os}/{image.Architecture}; this engine runs {engine.Os}/{engine.Arch}.", name);
            }

            images[name] = image.Id;
        }

        await context.RecordAsync(StepOutputs.Images, EngineJson.Write(images), cancellationToken).ConfigureAwait(false);
    }

    private async Task PullAsync(MovedService service, StepContext context, CancellationToken cancellationToken)
    {
        var expected = long.TryParse(OptionalInput(StepInputs.Size), NumberStyles.None, CultureInfo.InvariantCulture, out var size) ? size : (long?)null;
        var auth = await Project.CredentialsAsync(service.Repository, cancellationToken).ConfigureAwait(false);
        context.Tell($"Pulling {service.NewImage}", 0, expected);
        for (var left = EngineTries; ; left--)
        {
            try
            {
                await Docker.PullImageAsync(
                    service.Repository,
                    service.Digest!,
                    auth,
                    (done, total) => context.Tell($"Pulling {service.Repository}", done, total ?? (expected >= done ? expected : null)),
                    Stall,
                    cancellationToken).ConfigureAwait(false);
                // The engine is silent about layers that arrive in one piece: the last word is ours.
                context.Tell($"Pulled {service.NewImage}", expected, expected);
                return;
            }
            catch (AppException e) when (e.ErrorId == ErrorIds.EngineUnreachable && left > 0)
            {
                // It is being restarted: nothing was lost but what it had fetched of this image.
                context.Tell($"{e.Message} Pulling again");
            }
        }
    }
}
