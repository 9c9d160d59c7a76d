namespace UpgradeOps.Engine.Health.Rounds;

/// <summary>What identifies one life of one instance: a restart is another life.</summary>
internal sealed record InstanceLife(string Id, string? StartedAt, int RestartCount)
{
    public static InstanceLife Of(Instance instance) => new(instance.Id, instance.StartedAt, instance.RestartCount);
}

/// <summary>The instances at one moment, judged by the platform's own word.</summary>
internal sealed record InstanceLook
{
    /// <summary>Those that must run.</summary>
    public required IReadOnlyList<Instance> Expected { get; init; }

    /// <summary>Those of them that answer requests.</summary>
    public IReadOnlyList<Instance> Serving { get; init; } = [];

    /// <summary>Their lives, ordered, to be compared with another moment's.</summary>
    public required IReadOnlyList<InstanceLife> Lives { get; init; }

    /// <summary>Why they cannot answer for the new version; null when nothing stands against it.</summary>
    public HealthFailure? Failure { get; init; }

    public bool SameAs(InstanceLook other) => Lives.SequenceEqual(other.Lives);
}
