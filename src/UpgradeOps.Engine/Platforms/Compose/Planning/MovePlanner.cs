using UpgradeOps.Engine.Platforms.Compose.Builds;
using UpgradeOps.Engine.Platforms.Compose.Model;
using UpgradeOps.Engine.Platforms.Compose.Steps;

namespace UpgradeOps.Engine.Platforms.Compose.Planning;

/// <summary>Says for each service what moves from where to where, with every image pinned.</summary>
/// <param name="value">The variable's value after the update.</param>
internal sealed class MovePlanner(ComposeProject project, ComposeSnapshot snapshot, string value)
{
    public async Task<IReadOnlyList<MovedService>> RunAsync(PlatformTarget target, CancellationToken cancellationToken)
    {
        var recorded = RecordedMoves.Of(target);
        var built = snapshot.Target is null ? [] : snapshot.Model.Built().Select(s => s.Name).ToHashSet();
        var moving = snapshot.Moving.Where(s => snapshot.Containers.Any(c => c.ServiceName() == s.Name) || !snapshot.Live.Services.ContainsKey(s.Name)).ToList();
        if (moving.TrueForAll(s => s.Name != snapshot.Service.Name))
            moving.Insert(0, snapshot.Service);

        var moved = new List<MovedService>();
        var digests = new Dictionary<string, string>();
        foreach (var service in moving)
        {
            var plain = await WithDigestAsync(Describe(service, moving), cancellationToken).ConfigureAwait(false);
            moved.Add(target.IsRecorded
                ? Back(plain, service, target, recorded)
                : built.Contains(service.Name) ? plain with { BuiltAs = BuiltImages.NameOf(plain.Repository, target.Release) }
                : snapshot.Target is not null ? await AlongAsync(plain, service, cancellationToken).ConfigureAwait(false)
                : await ForwardAsync(plain, service, target.Release, digests, cancellationToken).ConfigureAwait(false));
        }

        return moved;
    }

    private MovedService Describe(ComposeService service, List<ComposeService> moving)
    {
        var old = snapshot.Containers.Where(c => c.ServiceName() == service.Name).ToList();
        var running = old.Where(c => c.State.Running || c.State.Status is "restarting" or "paused").ToList();
        var main = running.FirstOrDefault() ?? old.FirstOrDefault();
        return new MovedService
        {
            Name = service.Name,
            Count = running.Count > 0 ? running.Count : Math.Max(service.Replicas, 1),
            Reference = service.Template is { } template ? ComposeModel.Tagged($"{template.Repository}:{template.TagOf(value)}") : snapshot.Model.ImageOf(service),
            Old = old.Select(c => c.Id).ToList(),
            Running = running.Select(c => c.Id).ToList(),
            OldImage = main?.Image,
            OldReference = service.Template is { } t && snapshot.Value is { } before ? ComposeModel.Tagged($"{t.Repository}:{t.TagOf(before)}") : main is null ? null : ComposeModel.Tagged(main.Config.Image),
            Networks = service.Networks,
            OldNetworks = snapshot.Live.Services.GetValueOrDefault(service.Name)?.Networks ?? [],
            After = service.DependsOn.Where(d => moving.Exists(m => m.Name == d.Service)).ToList(),
            EndsByItself = snapshot.Model.Services.Values.Any(s => s.DependsOn.Any(d => d.Service == service.Name && d.Condition == ComposeDependency.Completed)),
        };
    }

    private async Task<MovedService> WithDigestAsync(MovedService plain, CancellationToken cancellationToken)
    {
        if (plain is not { OldImage: { } image, OldReference: { } reference })
            return plain;
        var old = await project.Docker.InspectImageAsync(image, cancellationToken).ConfigureAwait(false);
        return plain with { OldDigest = ImageIdentity.Digest(old, ImageIdentity.RepositoryOf(reference)) };
    }

    /// <summary>The declared service's digest is the release's; another repository that follows the same variable is asked for its own, once.</summary>
    private async Task<MovedService> ForwardAsync(
        MovedService plain, ComposeService service, Release release, Dictionary<string, string> digests, CancellationToken cancellationToken)
    {
        if (service.Template is null && service.Image != snapshot.Service.Image)
            return plain;
        if (plain.Repository == snapshot.Service.Template?.Repository && plain.Reference.EndsWith($":{release.Tag}", StringComparison.Ordinal))
            return plain with { Digest = release.Digest };
        if (!digests.TryGetValue(plain.Reference, out var digest))
        {
            var auth = await project.CredentialsAsync(plain.Repository, cancellationToken).ConfigureAwait(false);
            digests[plain.Reference] = digest = await project.Docker.ResolveDigestAsync(plain.Reference, auth, cancellationToken).ConfigureAwait(false);
        }

        return plain with { Digest = digest };
    }

    /// <summary>A published image that the commit's compose file asks for: what is here counts, as for Compose; what is not is fetched by its digest.</summary>
    private async Task<MovedService> AlongAsync(MovedService plain, ComposeService service, CancellationToken cancellationToken)
    {
        if (service.Image is null || service.Image.Contains('@', StringComparison.Ordinal) || await project.Docker.InspectImageAsync(plain.Reference, cancellationToken).ConfigureAwait(false) is not null)
            return plain;
        var auth = await project.CredentialsAsync(plain.Repository, cancellationToken).ConfigureAwait(false);
        return plain with { Digest = await project.Docker.ResolveDigestAsync(plain.Reference, auth, cancellationToken).ConfigureAwait(false) };
    }

    /// <summary>Exactly the images that ran then, by their ids.</summary>
    private MovedService Back(MovedService plain, ComposeService service, PlatformTarget target, IReadOnlyList<MovedService> recorded)
    {
        if (recorded.FirstOrDefault(r => r.Name == service.Name) is { OldImage: { } image, OldReference: { } reference })
            return plain with { Image = image, Reference = reference };
        return service.Name == snapshot.Service.Name || service.Template?.Repository == snapshot.Service.Template?.Repository
            ? plain with { Image = target.RecordedArtifact }
            : plain;
    }
}
