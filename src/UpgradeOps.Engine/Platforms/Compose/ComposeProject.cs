using UpgradeOps.Engine.Apps.Definition;
using UpgradeOps.Engine.Apps.Secrets;
using UpgradeOps.Engine.Docker;
using UpgradeOps.Engine.Hosts;
using UpgradeOps.Engine.Platforms.Compose.Builds;
using UpgradeOps.Engine.Platforms.Compose.Files;
using UpgradeOps.Engine.Releases.Git;

namespace UpgradeOps.Engine.Platforms.Compose;

/// <summary>One Compose application with all that is needed to work on it.</summary>
internal sealed class ComposeProject
{
    private readonly Func<string, CancellationToken, Task<PullCredentials?>> _credentials;
    private readonly string? _engine;

    /// <param name="credentials">For the registry of an image repository; null to ask without.</param>
    public ComposeProject(
        AppDefinition definition, IHost host, DockerClient docker, Func<string, CancellationToken, Task<PullCredentials?>> credentials, TimeProvider time)
    {
        Definition = definition;
        Compose = definition.Platform.Compose
            ?? throw new AppException(ErrorIds.DefinitionInvalid, $"{definition.Name} does not run on Compose.", definition.Path);
        Host = host;
        Docker = docker;
        Time = time;
        Files = new ComposeFiles(Compose, host.Files);
        _engine = docker.Endpoint.IsElsewhere ? null : docker.Endpoint.Address;
        Command = new ComposeCommand(Compose, Files, host, _engine, time, definition.Generate);
        Builds = new BuildPaths(Compose.Directory);
        Containers = new ProjectContainers(docker);
        Databases = definition.Databases.Values.Select(d => d.Service).OfType<string>().ToHashSet();
        _credentials = credentials;
    }

    public AppDefinition Definition { get; }

    /// <summary>Gets to know what is secret in the containers' environments when they are looked at.</summary>
    public Redaction Redaction { get; init; } = new();

    public ComposeDefinition Compose { get; }

    public IHost Host { get; }

    public DockerClient Docker { get; }

    public TimeProvider Time { get; }

    public ComposeFiles Files { get; }

    public ComposeCommand Command { get; }

    /// <summary>The repository whose commits are built; null where images are published.</summary>
    public GitRepository? Repository { get; init; }

    public BuildPaths Builds { get; }

    public ProjectContainers Containers { get; }

    /// <summary>Services that are declared as databases: they stay where they are.</summary>
    public IReadOnlySet<string> Databases { get; }

    /// <summary>The command with other compose files, of the same project in the same folder.</summary>
    /// <param name="files">Absolute.</param>
    public ComposeCommand CommandWith(IReadOnlyList<string> files)
    {
        var other = Compose with { Files = files };
        return new ComposeCommand(other, new ComposeFiles(other, Host.Files), Host, _engine, Time, Definition.Generate);
    }

    /// <param name="repository">An image's name without tag.</param>
    public Task<PullCredentials?> CredentialsAsync(string repository, CancellationToken cancellationToken) => _credentials(repository, cancellationToken);
}
