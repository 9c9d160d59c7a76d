namespace UpgradeOps.Engine.Apps.Definition;

/// <summary>What is another one in a copy that a rehearsal runs on Compose. It stands in no definition that anybody writes.</summary>
internal sealed record ScratchRun
{
    public required string OperationId { get; init; }

    /// <summary>The port of 127.0.0.1 at which the copy is asked.</summary>
    public required int Port { get; init; }

    /// <summary>The port that it listens on in its container; null where the compose file tells it.</summary>
    public int? ContainerPort { get; init; }

    /// <summary>Ports at which the health checks ask the live application.</summary>
    public IReadOnlyList<int> LivePorts { get; init; } = [];

    /// <summary>Variables beside and instead of the service's own, with what the copy was given; Compose fills in what stands in the <c>.env</c> file.</summary>
    public IReadOnlyDictionary<string, string> Environment { get; init; } = new Dictionary<string, string>();

    /// <summary>Names of the live databases.</summary>
    public IReadOnlyList<string> LiveDatabases { get; init; } = [];
}
