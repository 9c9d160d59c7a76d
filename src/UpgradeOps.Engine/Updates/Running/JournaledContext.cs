using UpgradeOps.Engine.Progress;
using UpgradeOps.Engine.State;
using UpgradeOps.Engine.Steps;
using UpgradeOps.Engine.Updates.Journal;

namespace UpgradeOps.Engine.Updates.Running;

/// <summary>A step's view of its operation: what it records goes to the journal first.</summary>
internal sealed class JournaledContext(OperationLog log, PlannedStep planned, IAppState state, IProgressSink progress, TimeProvider time) : StepContext
{
    public override string OperationId => log.Record.OperationId;

    public override string StepId => planned.Id;

    public override IReadOnlyDictionary<string, string> Outputs => log.Record.Step(planned.Id).Outputs;

    public override IProgressSink Progress => progress;

    public override TimeProvider Time => time;

    public override IReadOnlyDictionary<string, string> OutputsOf(string kind) =>
        log.Record.Plan.Steps.FirstOrDefault(s => s.Kind == kind && s.Part == planned.Part) is { } step
            ? log.Record.Step(step.Id).Outputs
            : new Dictionary<string, string>();

    public override Task RecordAsync(IReadOnlyDictionary<string, string> outputs, CancellationToken cancellationToken) =>
        log.AppendAsync(JournalEvent.Effect, planned, outputs, cancellationToken);

    public override Task KeepAsync(string name, ReadOnlyMemory<byte> bytes, CancellationToken cancellationToken) =>
        state.KeepFileAsync(log.Lease, OperationId, FileName(name), bytes, cancellationToken);

    public override Task<byte[]?> KeptAsync(string name, CancellationToken cancellationToken) =>
        state.ReadFileAsync(OperationId, FileName(name), cancellationToken);

    public override Task<byte[]?> KeptByAsync(string operationId, string name, CancellationToken cancellationToken) =>
        state.ReadFileAsync(operationId, FileName(name), cancellationToken);

    public override async Task<byte[]?> RecordedFileAsync(string path, CancellationToken cancellationToken)
    {
        if (log.Record.Plan.Undoes is not { } undone)
        {
            return null;
        }

        var earlier = await OperationIndex.GetAsync(state, undone, cancellationToken).ConfigureAwait(false);
        return earlier.Start.ConfigFiles.TryGetValue(path, out var name)
            ? await state.ReadFileAsync(undone, name, cancellationToken).ConfigureAwait(false)
            : null;
    }

    // Two steps may keep a file of the same name.
    private string FileName(string name) => $"{planned.Kind}-{planned.Id[(planned.Id.LastIndexOf('#') + 1)..]}-{name}";
}
