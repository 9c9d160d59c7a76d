using UpgradeOps.Engine.Json;
using UpgradeOps.Engine.Updates;

namespace UpgradeOps.Engine.State;

/// <summary>
/// Attempts that were refused. They began nothing, so they are no operations: only the history tells them. Each is one sealed line that
/// holds the entry itself.
/// </summary>
internal static class RefusedAttempts
{
    /// <summary>How many a store keeps of one application, the newest.</summary>
    public const int Kept = 1000;

    public static Task NoteAsync(IAppState state, HistoryEntry refused, CancellationToken cancellationToken) =>
        state.NoteRefusalAsync(JournalLine.Seal(EngineJson.Write(refused)), cancellationToken);

    /// <returns>Oldest first. A damaged line hides no other: it is told as what it is.</returns>
    public static async Task<IReadOnlyList<HistoryEntry>> ReadAsync(IAppState state, CancellationToken cancellationToken)
    {
        var entries = new List<HistoryEntry>();
        foreach (var line in await state.ReadRefusalsAsync(cancellationToken).ConfigureAwait(false))
            entries.Add(Parse(line, state) ?? Damaged(state, entries.Count == 0 ? "0" : entries[^1].OperationId));
        return entries;
    }

    private static HistoryEntry? Parse(string line, IAppState state)
    {
        try
        {
            return JournalLine.Open(line) is { } body ? EngineJson.Read<HistoryEntry>(body, ErrorIds.StateDamaged, state.Location) : null;
        }
        catch (AppException e) when (e.ErrorId == ErrorIds.StateDamaged)
        {
            return null;
        }
    }

    /// <param name="before">The id of the one before it: so it is listed where it stands.</param>
    private static HistoryEntry Damaged(IAppState state, string before) => new()
    {
        Name = Path.GetFileName(state.Location),
        OperationId = $"{before}-damaged",
        Kind = OperationKind.Update,
        Status = UpdateStatus.Refused,
        StartedAt = OperationId.TimeOf(before) ?? DateTimeOffset.UnixEpoch,
        By = "unknown",
        ErrorId = ErrorIds.StateDamaged,
        Reason = $"A refused attempt that was noted after this moment in {state.Location} is damaged and cannot be read.",
    };
}
