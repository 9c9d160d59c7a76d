namespace UpgradeOps.TestKit;

/// <summary>Who asks the registry: what is under test, or Docker Engine, which pulls for it.</summary>
public enum RegistryClientKind
{
    Anyone,
    Us,
    Engine,
}

public enum RegistryFaultKind
{
    /// <summary>Answers <see cref="RegistryFault.Status"/> instead of asking the registry.</summary>
    Status,

    /// <summary>The right answer, after <see cref="RegistryFault.Delay"/>.</summary>
    Slow,

    /// <summary>Half of the right answer's body, then the connection is gone.</summary>
    Cut,

    /// <summary>The right answer with one bit of its body changed.</summary>
    WrongBytes,
}

/// <summary>One thing that goes wrong between a client and its registry.</summary>
public sealed record RegistryFault(RegistryFaultKind Kind)
{
    public RegistryClientKind From { get; init; } = RegistryClientKind.Anyone;

    /// <summary>A part of the request's path, such as <c>/manifests/</c> or <c>/blobs/</c>.</summary>
    public string Path { get; init; } = "/v2/";

    public int Status { get; init; } = 500;

    /// <summary>Seconds, as a registry writes them; null for no such header.</summary>
    public int? RetryAfter { get; init; }

    public TimeSpan Delay { get; init; }

    /// <summary>How many requests it hits; null for all.</summary>
    public int? Times { get; init; }

    public static RegistryFault Answers(int status, RegistryClientKind from, string path = "/v2/jhandel/") => new(RegistryFaultKind.Status) { Status = status, From = from, Path = path };
}
