using UpgradeOps.Engine.Platforms.Compose.Model;

namespace UpgradeOps.Engine.Platforms.Compose.Steps;

/// <summary>One service that an update moves: what was there when the plan was made, and what is to be there.</summary>
internal sealed record MovedService
{
    public required string Name { get; init; }

    /// <summary>How many containers of the new version it gets.</summary>
    public required int Count { get; init; }

    /// <summary>What the compose file asks for after the update, as <c>repository:tag</c>.</summary>
    public required string Reference { get; init; }

    /// <summary>The digest to which that was resolved; null when nothing is to be fetched.</summary>
    public string? Digest { get; init; }

    /// <summary>The image id, where it is known beforehand: going back to a recorded one.</summary>
    public string? Image { get; init; }

    /// <summary>The name that its image gets when it is built, of the commit; null where none is built.</summary>
    public string? BuiltAs { get; init; }

    /// <summary>Ids of the containers that were there before, running or not.</summary>
    public IReadOnlyList<string> Old { get; init; } = [];

    /// <summary>Ids of those of them that ran.</summary>
    public IReadOnlyList<string> Running { get; init; } = [];

    /// <summary>The image id of what ran before.</summary>
    public string? OldImage { get; init; }

    /// <summary>The digest by which a registry has that image; null when it came from none.</summary>
    public string? OldDigest { get; init; }

    /// <summary>What the compose file asked for before.</summary>
    public string? OldReference { get; init; }

    /// <summary>Networks that each of its new containers must be connected to; those of a plan without them are not looked at.</summary>
    public IReadOnlyList<string> Networks { get; init; } = [];

    /// <summary>The same of what ran before.</summary>
    public IReadOnlyList<string> OldNetworks { get; init; } = [];

    /// <summary>Other moved services that come first, and how far they must be.</summary>
    public IReadOnlyList<ComposeDependency> After { get; init; } = [];

    /// <summary>True when it does its work and ends, such as a migration that others wait for.</summary>
    public bool EndsByItself { get; init; }

    /// <summary>How the new image is named to the engine: by digest, by its id, or by the commit.</summary>
    public string? NewImage => BuiltAs ?? (Digest is null ? Image : $"{Repository}@{Digest}");

    public string Repository => ImageIdentity.RepositoryOf(Reference);

    /// <summary>Services before the ones that wait for them.</summary>
    public static IReadOnlyList<MovedService> InStartOrder(IReadOnlyList<MovedService> services)
    {
        var ordered = new List<MovedService>();
        while (ordered.Count < services.Count)
        {
            var left = services.Except(ordered).ToList();
            // Compose refuses circles; should one be here all the same, the first goes first.
            ordered.Add(left.Find(s => s.After.All(a => left.TrueForAll(l => l.Name != a.Service))) ?? left[0]);
        }

        return ordered;
    }
}
