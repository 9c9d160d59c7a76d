using UpgradeOps.Engine.State;
using UpgradeOps.Engine.Updates.Journal;

namespace UpgradeOps.Engine.Updates.Running;

/// <summary>The journal being written together with the record that is its fold, so that the two never differ.</summary>
internal sealed class OperationLog
{
    private readonly JournalWriter _writer;

    private OperationLog(OperationRecord record, JournalWriter writer)
    {
        Record = record;
        _writer = writer;
    }

    public OperationRecord Record { get; }

    public ILease Lease => _writer.Lease;

    /// <summary>Begins an operation: its plan and definition are on disk when this returns.</summary>
    public static async Task<OperationLog> BeginAsync(
        IAppState state, ILease lease, string operationId, OperationStart start, TimeProvider time, CancellationToken cancellationToken)
    {
        var writer = new JournalWriter(state, lease, operationId, start.Plan.Hash, time);
        var first = await writer.AppendAsync(JournalEvent.Intend, "", JournalEntry.OperationKind, start.ToInputs(), null, cancellationToken).ConfigureAwait(false);
        return new OperationLog(OperationRecord.Read(operationId, [first]), writer);
    }

    /// <summary>Goes on with an operation that another process, or an earlier call, left.</summary>
    public static async Task<OperationLog> ContinueAsync(
        IAppState state, ILease lease, string operationId, TimeProvider time, CancellationToken cancellationToken)
    {
        var entries = await JournalReader.ReadAsync(state, operationId, cancellationToken).ConfigureAwait(false);
        var record = OperationRecord.Read(operationId, entries);
        var writer = new JournalWriter(state, lease, operationId, record.Plan.Hash, time);
        writer.ContinueAfter(entries);
        return new OperationLog(record, writer);
    }

    public Task AppendAsync(JournalEvent what, PlannedStep step, IReadOnlyDictionary<string, string>? outputs, CancellationToken cancellationToken) =>
        AppendAsync(what, step.Id, step.Kind, what == JournalEvent.Intend ? step.Inputs : null, outputs, cancellationToken);

    /// <summary>Writes a line about the operation as a whole.</summary>
    public Task AppendAsync(JournalEvent what, IReadOnlyDictionary<string, string> outputs, CancellationToken cancellationToken) =>
        AppendAsync(what, "", JournalEntry.OperationKind, null, outputs, cancellationToken);

    private async Task AppendAsync(
        JournalEvent what,
        string step,
        string kind,
        IReadOnlyDictionary<string, string>? inputs,
        IReadOnlyDictionary<string, string>? outputs,
        CancellationToken cancellationToken)
    {
        var entry = await _writer.AppendAsync(what, step, kind, inputs, outputs, cancellationToken).ConfigureAwait(false);
        Record.Apply(entry);
    }
}
