using UpgradeOps.Engine.Apps.Definition;

namespace UpgradeOps.Engine.Platforms.Compose.Scratch;

/// <summary>What everything of a rehearsal's copy is called. It follows from the operation alone, so that what a killed one left is found.</summary>
internal sealed class ScratchNames(ScratchRun run)
{
    /// <summary>On every container and volume; its value is the operation's id.</summary>
    public const string Label = "upgradeops.rehearsal";

    private readonly string operation = run.OperationId.ToLowerInvariant();

    /// <summary>The Compose project of the copy: another one than the application's, whose containers Compose then never takes for its own.</summary>
    public string Project => $"rehearsal-{operation}";

    /// <summary>What the names of all its containers begin with.</summary>
    public string Prefix => $"{Project}-";

    /// <summary>For <c>label=</c>.</summary>
    public string Filter => $"{Label}={run.OperationId}";

    public Dictionary<string, string> Labels => new() { [Label] = run.OperationId };

    public string Container(string service) => Prefix + service;

    /// <param name="live">The volume that the live application mounts, as the engine calls it.</param>
    public string Volume(string live) => $"{live}-{Project}";
}
