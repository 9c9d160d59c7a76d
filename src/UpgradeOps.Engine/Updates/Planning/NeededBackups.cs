using UpgradeOps.Engine.State;
using UpgradeOps.Engine.Updates.Journal;

namespace UpgradeOps.Engine.Updates.Planning;

/// <summary>Backups that an operation relies on, with the reason, from the journals alone.</summary>
internal static class NeededBackups
{
    /// <exception cref="AppException">A journal cannot be read: then nobody knows, and nothing may be removed.</exception>
    public static async Task<IReadOnlyDictionary<string, string>> FindAsync(IAppState state, CancellationToken cancellationToken)
    {
        var needed = new Dictionary<string, string>(StringComparer.Ordinal);
        if (await OperationIndex.FindOpenAsync(state, cancellationToken).ConfigureAwait(false) is { } open)
            Add(needed, open, $"needed by operation {open.OperationId}, which has not ended");
        if (await OperationIndex.FindUndoableAsync(state, cancellationToken).ConfigureAwait(false) is { } kept)
            Add(needed, kept, $"needed to take back operation {kept.OperationId}");
        return needed;
    }

    private static void Add(Dictionary<string, string> needed, OperationRecord record, string why)
    {
        // What it made, and what it restores from.
        foreach (var id in record.BackupIds.Concat(record.Plan.Steps.Select(s => s.Inputs.GetValueOrDefault(Backups.Restore.RestoreSteps.FromBackup)).OfType<string>()))
            needed.TryAdd(id, why);
    }
}
