using UpgradeOps.Engine.Docker;
using UpgradeOps.Engine.Platforms.Compose.Builds;
using UpgradeOps.Engine.Platforms.Compose.Files;
using UpgradeOps.Engine.Platforms.Compose.Model;

namespace UpgradeOps.Engine.Platforms.Compose;

/// <summary>What the files say and what the engine has, read at one moment.</summary>
internal sealed record ComposeSnapshot
{
    public required ComposeModel Model { get; init; }

    /// <summary>The declared service.</summary>
    public required ComposeService Service { get; init; }

    /// <summary>The bytes of the <c>.env</c> file; null when there is none.</summary>
    public required byte[]? Env { get; init; }

    /// <summary>The variable's value in it; null when it is not assigned.</summary>
    public required string? Value { get; init; }

    /// <summary>What the files in the folder say now; another than <see cref="Model"/> where a commit brings its own.</summary>
    public required ComposeModel Live { get; init; }

    /// <summary>The project as it will be, where images are built; null for what is there now.</summary>
    public TargetProject? Target { get; init; }

    /// <summary>The services that an update moves, the declared one among them.</summary>
    public required IReadOnlyList<ComposeService> Moving { get; init; }

    /// <summary>Their containers in any state.</summary>
    public required IReadOnlyList<ContainerDetails> Containers { get; init; }

    /// <summary>Containers of every service, where images are built; empty elsewhere.</summary>
    public IReadOnlyList<ContainerDetails> All { get; init; } = [];

    /// <summary>Ids of running containers of other services that are to be restarted after the switch.</summary>
    public required IReadOnlyList<string> Dependents { get; init; }

    /// <summary>The tag that the configuration asks for; null when it cannot be told.</summary>
    public string? Tag => Value is not null && Service.Template is { } template ? template.TagOf(Value) : null;

    /// <summary>The containers of the declared service, the running ones first.</summary>
    public IEnumerable<ContainerDetails> Own => Containers.Where(c => c.ServiceName() == Service.Name).OrderByDescending(c => c.State.Running);

    /// <exception cref="AppException">The compose file or the <c>.env</c> file is invalid, the service is missing, the engine does not answer.</exception>
    /// <param name="target">Where images are built: what the update goes to.</param>
    public static async Task<ComposeSnapshot> ReadAsync(ComposeProject project, CancellationToken cancellationToken, TargetProject? target = null)
    {
        var env = await project.Files.ReadEnvAsync(cancellationToken).ConfigureAwait(false);
        var value = env is null ? null : EnvFile.Parse(env, project.Files.EnvPath).Value(project.Compose.Variable);
        var live = await project.Command.ReadModelAsync(cancellationToken).ConfigureAwait(false);
        var model = target?.Model ?? live;
        if (!model.Services.TryGetValue(project.Compose.Service, out var service))
        {
            throw new AppException(
                ErrorIds.ComposeServiceMissing,
                $"The compose file in {project.Compose.Directory} has no service '{project.Compose.Service}'; it has {string.Join(", ", model.Services.Keys.Order(StringComparer.Ordinal))}.",
                project.Compose.Service);
        }

        IReadOnlyList<ContainerDetails> all = target is null ? [] : await project.Containers.FindAsync(live.Project, model.Services.Keys, cancellationToken).ConfigureAwait(false);
        var moving = target is not null ? BuiltServices.Moving(target, live, project.Compose.Service, project.Databases, all)
            : project.Compose.Build is not null ? BuiltServices.Of(model, project.Compose.Service)
            : model.Moving(project.Compose.Service, project.Databases);
        var names = moving.Select(s => s.Name).ToHashSet();
        var dependents = model.Services.Values
            .Where(s => !names.Contains(s.Name) && s.DependsOn.Any(d => d.Restart && names.Contains(d.Service)))
            .Select(s => s.Name)
            .ToHashSet();
        var containers = await project.Containers.FindAsync(live.Project, names.Union(dependents), cancellationToken).ConfigureAwait(false);
        return new ComposeSnapshot
        {
            Model = model,
            Live = live,
            Target = target,
            All = all,
            Service = service,
            Env = env,
            Value = value,
            Moving = moving,
            Containers = containers.Where(c => names.Contains(c.ServiceName())).ToList(),
            Dependents = containers.Where(c => dependents.Contains(c.ServiceName()) && c.State.Running).Select(c => c.Id).ToList(),
        };
    }
}
