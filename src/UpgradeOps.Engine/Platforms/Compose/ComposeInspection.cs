using UpgradeOps.Engine.Docker;

namespace UpgradeOps.Engine.Platforms.Compose;

/// <summary>Tells what runs now.</summary>
internal sealed class ComposeInspection(ComposeProject project)
{
    public async Task<Deployment> RunAsync(CancellationToken cancellationToken)
    {
        var snapshot = await ComposeSnapshot.ReadAsync(project, cancellationToken).ConfigureAwait(false);
        var main = snapshot.Own.FirstOrDefault();
        var image = main is null ? null : await project.Docker.InspectImageAsync(main.Image, cancellationToken).ConfigureAwait(false);
        var created = main is null ? null : ImageIdentity.TagOf(main.Config.Image);
        var built = image?.Config?.Labels is { } labels && project.Compose.Build is not null ? labels : [];
        var source = snapshot.Service.Template?.Repository ?? project.Definition.Releases.Image;
        string[] repositories = [.. new[] { source, project.Definition.Releases.Image }.OfType<string>().Distinct()];
        return new Deployment
        {
            Name = project.Definition.Name,
            Version = main is null ? null : built.GetValueOrDefault(ContainerLabels.BuiltVersion) ?? ImageIdentity.Version(image, project.Compose.Build is null ? created : null),
            Tag = built.GetValueOrDefault(ContainerLabels.BuiltTag) ?? snapshot.Tag ?? created,
            Source = built.GetValueOrDefault(ContainerLabels.BuiltSource) ?? source,
            Digest = built.GetValueOrDefault(ContainerLabels.BuiltDigest) ?? ImageIdentity.Digest(image, repositories),
            Artifact = main?.Image,
            Instances = snapshot.Containers.Select(ContainerInstance.Of).ToList(),
            ConfigHashes = await project.Files.HashAsync(cancellationToken).ConfigureAwait(false),
        };
    }
}
