using UpgradeOps.Engine.Platforms;
using UpgradeOps.Engine.State;

namespace UpgradeOps.Engine.Updates.Journal;

/// <summary>Finds operations of an application.</summary>
internal static class OperationIndex
{
    /// <returns>The operation that did not end, or waits for a person; null when there is none.</returns>
    public static async Task<OperationRecord?> FindOpenAsync(IAppState state, CancellationToken cancellationToken)
    {
        // An operation begins only when the one before it is closed, so the newest that has a first line decides.
        foreach (var id in (await state.ListOperationsAsync(cancellationToken).ConfigureAwait(false)).Reverse())
        {
            if (await ReadAsync(state, id, cancellationToken).ConfigureAwait(false) is { } record)
            {
                return record.IsClosed ? null : record;
            }
        }

        return null;
    }

    /// <returns>The newest kept update that was not taken back since; null when there is none.</returns>
    public static async Task<OperationRecord?> FindUndoableAsync(IAppState state, CancellationToken cancellationToken)
    {
        var undone = new HashSet<string>();
        foreach (var id in (await state.ListOperationsAsync(cancellationToken).ConfigureAwait(false)).Reverse())
        {
            var record = await ReadAsync(state, id, cancellationToken).ConfigureAwait(false);
            if (record?.Outcome?.Status != UpdateStatus.Kept)
            {
                continue;
            }

            if (record.Plan.Undoes is { } earlier)
            {
                undone.Add(earlier);
            }
            else if (record.Plan.Kind == OperationKind.Update && !undone.Contains(id))
            {
                return record;
            }
        }

        return null;
    }

    /// <summary>An operation that was kept, and the kept ones after it; oldest first.</summary>
    public static async Task<IReadOnlyList<RecordedOperation>> KeptSinceAsync(IAppState state, OperationRecord first, CancellationToken cancellationToken)
    {
        var since = new List<RecordedOperation> { new(first.OperationId, first.Plan.Steps) };
        foreach (var id in (await state.ListOperationsAsync(cancellationToken).ConfigureAwait(false)).SkipWhile(i => i != first.OperationId).Skip(1))
        {
            if (await ReadAsync(state, id, cancellationToken).ConfigureAwait(false) is { Outcome.Status: UpdateStatus.Kept } record)
                since.Add(new RecordedOperation(id, record.Plan.Steps));
        }

        return since;
    }

    /// <exception cref="AppException"><see cref="ErrorIds.OperationNotFound"/>.</exception>
    public static async Task<OperationRecord> GetAsync(IAppState state, string operationId, CancellationToken cancellationToken)
    {
        var ids = await state.ListOperationsAsync(cancellationToken).ConfigureAwait(false);
        var record = ids.Contains(operationId) ? await ReadAsync(state, operationId, cancellationToken).ConfigureAwait(false) : null;
        if (record is not null)
        {
            return record;
        }

        var refused = await RefusedAttempts.ReadAsync(state, cancellationToken).ConfigureAwait(false);
        var why = refused.Any(r => r.OperationId == operationId) ? $"{operationId} was refused and began nothing." : $"There is no operation {operationId} in {state.Location}.";
        throw new AppException(ErrorIds.OperationNotFound, why, operationId);
    }

    /// <returns>Null when a crash came before the first line was whole: nothing was begun then.</returns>
    public static async Task<OperationRecord?> ReadAsync(IAppState state, string operationId, CancellationToken cancellationToken)
    {
        var entries = await JournalReader.ReadAsync(state, operationId, cancellationToken).ConfigureAwait(false);
        return entries.Count == 0 ? null : OperationRecord.Read(operationId, entries);
    }
}
