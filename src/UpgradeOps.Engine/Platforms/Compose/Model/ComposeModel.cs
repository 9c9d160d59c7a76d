namespace UpgradeOps.Engine.Platforms.Compose.Model;

/// <summary>What <c>docker compose config</c> tells, as far as an update needs it, with a probe in the variable's place.</summary>
/// <param name="Project">The project's name.</param>
/// <param name="Services">By name; only those that the active profiles include.</param>
/// <param name="Warnings">What Compose wrote to standard error, such as variables that are not set.</param>
internal sealed record ComposeModel(string Project, IReadOnlyDictionary<string, ComposeService> Services, IReadOnlyList<string> Warnings)
{
    /// <summary>Files of secrets on this machine, absolute.</summary>
    public IReadOnlyList<string> Secrets { get; init; } = [];

    /// <summary>The image of a service, with its tag; one that is only built is called as Compose calls it.</summary>
    public string ImageOf(ComposeService service) => Tagged(service.Image ?? $"{Project}-{service.Name}");

    /// <summary>The services whose images are built: by their own <c>build:</c>, or because they use the image of one that has it.</summary>
    public IReadOnlyList<ComposeService> Built()
    {
        var images = Services.Values.Where(s => s.IsBuilt).Select(ImageOf).ToHashSet();
        return [.. Services.Values.Where(s => images.Contains(ImageOf(s))).OrderBy(s => s.Name, StringComparer.Ordinal)];
    }

    /// <summary>With <c>:latest</c> where it has no tag; ids and digests as they are.</summary>
    public static string Tagged(string reference) =>
        reference.Contains('@', StringComparison.Ordinal) || reference.StartsWith("sha256:", StringComparison.Ordinal) || ImageIdentity.TagOf(reference) is not null ? reference : $"{reference}:latest";

    /// <summary>
    /// The services whose version the variable decides: their image contains it, or is the same reference as the declared service's.
    /// Services that use it only elsewhere would be made anew by the next <c>docker compose up</c>, so they move too, unless they are databases.
    /// </summary>
    public IReadOnlyList<ComposeService> Moving(string declared, IReadOnlySet<string> databases)
    {
        var image = Services.TryGetValue(declared, out var own) ? own.Image : null;
        return Services.Values
            .Where(s => s.Name == declared || s.Template is not null || (s.Image is not null && s.Image == image) || (s.UsesVariable && !databases.Contains(s.Name)))
            .OrderBy(s => s.Name, StringComparer.Ordinal)
            .ToList();
    }
}

/// <summary>One service of a compose file.</summary>
internal sealed record ComposeService
{
    public required string Name { get; init; }

    /// <summary>With the probe where the variable stands; null when the service is only built.</summary>
    public string? Image { get; init; }

    /// <summary>Set when the variable is part of the image's tag.</summary>
    public ImageTemplate? Template { get; init; }

    /// <summary>True when the variable decides anything in the service.</summary>
    public bool UsesVariable { get; init; }

    public string? ContainerName { get; init; }

    /// <summary>How many containers it declares.</summary>
    public int Replicas { get; init; } = 1;

    public bool IsBuilt => Build is not null;

    /// <summary>Set when it is built from source.</summary>
    public ComposeServiceBuild? Build { get; init; }

    /// <summary>Volumes with a name that it mounts, as the engine calls them.</summary>
    public IReadOnlyList<string> Volumes { get; init; } = [];

    /// <summary>Files and folders of the machine that its containers see, as bind mounts or <c>configs</c>; absolute.</summary>
    public IReadOnlyList<string> Mounted { get; init; } = [];

    /// <summary>Networks that its containers are connected to, as the engine calls them; none where it shares another's or the machine's.</summary>
    public IReadOnlyList<string> Networks { get; init; } = [];

    public string? PullPolicy { get; init; }

    /// <summary>True when Compose itself runs commands before or after containers start and stop.</summary>
    public bool HasHooks { get; init; }

    public IReadOnlyList<ComposeDependency> DependsOn { get; init; } = [];

    /// <summary>Services whose network, processes or volumes it shares (<c>service:name</c>).</summary>
    public IReadOnlyList<string> SharesWith { get; init; } = [];
}

/// <param name="Context">Absolute, or an address.</param>
/// <param name="Dockerfile">Relative to the context, or absolute; null when its text stands in the compose file.</param>
internal sealed record ComposeServiceBuild(string Context, string? Dockerfile);

/// <param name="Condition"><c>service_started</c>, <c>service_healthy</c> or <c>service_completed_successfully</c>.</param>
/// <param name="Restart">True when the dependent is to be restarted after the other was replaced.</param>
internal sealed record ComposeDependency(string Service, string Condition, bool Restart)
{
    public const string Healthy = "service_healthy";
    public const string Completed = "service_completed_successfully";
}
