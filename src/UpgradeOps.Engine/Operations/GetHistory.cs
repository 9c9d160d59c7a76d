using UpgradeOps.Engine.Updates.Journal;
using UpgradeOps.Engine.Updates.Running;

namespace UpgradeOps.Engine.Operations;

/// <summary>Tells every operation of an application, newest first.</summary>
public sealed class GetHistory(EngineSession session)
{
    public async Task<IReadOnlyList<HistoryEntry>> RunAsync(string name, CancellationToken cancellationToken)
    {
        var state = await session.OpenStateAsync(name, cancellationToken).ConfigureAwait(false);
        var entries = new List<HistoryEntry>();
        foreach (var id in (await state.ListOperationsAsync(cancellationToken).ConfigureAwait(false)).Reverse())
        {
            if (await OperationIndex.ReadAsync(state, id, cancellationToken).ConfigureAwait(false) is { } record)
            {
                entries.Add(Results.History(record));
            }
        }

        return entries;
    }
}
