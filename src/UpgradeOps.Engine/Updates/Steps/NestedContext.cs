using UpgradeOps.Engine.Progress;
using UpgradeOps.Engine.Steps;

namespace UpgradeOps.Engine.Updates.Steps;

/// <summary>The context of a step that another step runs: it writes to the same journal, under the outer step's id, with its own id before each name.</summary>
internal sealed class NestedContext(StepContext outer, PlannedStep planned) : StepContext
{
    public const string Begun = "begun";
    public const string Done = "done";

    // The last part of the id: "…/backup.swap#2" records "backup.swap#2.aside".
    private readonly string _prefix = planned.Id[(planned.Id.LastIndexOf('/') + 1)..] + ".";

    public override string OperationId => outer.OperationId;

    public override string StepId => planned.Id;

    public override IProgressSink Progress => outer.Progress;

    public override TimeProvider Time => outer.Time;

    public override IReadOnlyDictionary<string, string> Outputs => Under(_prefix);

    public override IReadOnlyDictionary<string, string> OutputsOf(string kind)
    {
        var sibling = outer.Outputs.Keys.FirstOrDefault(k => k.StartsWith(kind + "#", StringComparison.Ordinal));
        return sibling is null ? outer.OutputsOf(kind) : Under(sibling[..(sibling.IndexOf('.', kind.Length) + 1)]);
    }

    public override Task RecordAsync(IReadOnlyDictionary<string, string> outputs, CancellationToken cancellationToken) =>
        outer.RecordAsync(outputs.ToDictionary(o => _prefix + o.Key, o => o.Value), cancellationToken);

    public override Task KeepAsync(string name, ReadOnlyMemory<byte> bytes, CancellationToken cancellationToken) =>
        outer.KeepAsync(_prefix + name, bytes, cancellationToken);

    public override Task<byte[]?> KeptAsync(string name, CancellationToken cancellationToken) => outer.KeptAsync(_prefix + name, cancellationToken);

    public override Task<byte[]?> KeptByAsync(string operationId, string name, CancellationToken cancellationToken) => outer.KeptByAsync(operationId, _prefix + name, cancellationToken);

    public override Task<byte[]?> RecordedFileAsync(string path, CancellationToken cancellationToken) => outer.RecordedFileAsync(path, cancellationToken);

    private Dictionary<string, string> Under(string prefix) => outer.Outputs
        .Where(o => o.Key.StartsWith(prefix, StringComparison.Ordinal))
        .ToDictionary(o => o.Key[prefix.Length..], o => o.Value);
}
