using System.IO.Enumeration;
using UpgradeOps.Engine.State;
using UpgradeOps.Engine.Updates;
using UpgradeOps.Engine.Updates.Journal;
using UpgradeOps.Engine.Updates.Running;

namespace UpgradeOps.Engine.Operations;

/// <summary>Which operations of the past are wanted; all that is given must fit.</summary>
public sealed record HistoryFilter
{
    /// <summary>An id, or a pattern with <c>*</c> and <c>?</c>.</summary>
    public string? OperationId { get; init; }

    /// <summary>Begun at this moment or later.</summary>
    public DateTimeOffset? Since { get; init; }

    /// <summary>Ended like one of these; <see cref="UpdateStatus.Interrupted"/> also finds what a dead process left open. Empty for all.</summary>
    public IReadOnlyList<UpdateStatus> Status { get; init; } = [];

    /// <summary>At most so many, the newest.</summary>
    public int? Last { get; init; }

    internal bool Fits(HistoryEntry entry) =>
        (OperationId is null || FileSystemName.MatchesSimpleExpression(OperationId, entry.OperationId))
        && (Since is null || entry.StartedAt >= Since)
        && (Status.Count == 0 || Status.Contains(entry.Status ?? UpdateStatus.Interrupted));
}

/// <summary>Tells the operations of an application and the attempts that were refused, newest first. Needs neither its definition nor anything that runs.</summary>
public sealed class GetHistory(EngineSession session)
{
    public async Task<IReadOnlyList<HistoryEntry>> RunAsync(string name, CancellationToken cancellationToken, HistoryFilter? filter = null)
    {
        var wanted = filter ?? new HistoryFilter();
        var state = await session.OpenStateAsync(name, cancellationToken).ConfigureAwait(false);
        var entries = new List<HistoryEntry>();
        var refused = (await RefusedAttempts.ReadAsync(state, cancellationToken).ConfigureAwait(false)).ToLookup(r => r.OperationId);
        var operations = await state.ListOperationsAsync(cancellationToken).ConfigureAwait(false);
        foreach (var id in operations.Concat(refused.Select(r => r.Key)).Distinct().OrderDescending(StringComparer.Ordinal))
        {
            if (entries.Count >= wanted.Last)
                break;
            var found = refused[id].FirstOrDefault() ?? await ReadAsync(state, id, cancellationToken).ConfigureAwait(false);
            if (found is not null && wanted.Fits(found))
                entries.Add(found);
        }

        return entries;
    }

    /// <returns>Null when nothing was begun. A journal that cannot be trusted hides no other: it is told with what its first line says.</returns>
    private static async Task<HistoryEntry?> ReadAsync(IAppState state, string id, CancellationToken cancellationToken)
    {
        try
        {
            return await OperationIndex.ReadAsync(state, id, cancellationToken).ConfigureAwait(false) is { } record ? Results.History(record) : null;
        }
        catch (AppException e) when (e.ErrorId is ErrorIds.JournalDamaged or ErrorIds.JournalNewerFormat)
        {
            var lines = await state.ReadJournalAsync(id, cancellationToken).ConfigureAwait(false);
            var known = FirstOf(lines, id) is { } begun ? Results.History(begun) : Unknown(state, id);
            return known with { Status = UpdateStatus.NeedsAttention, ErrorId = e.ErrorId, Reason = e.Message, Next = e.Error.RecommendedAction };
        }
    }

    private static HistoryEntry Unknown(IAppState state, string id) => new()
    {
        Name = Path.GetFileName(state.Location),
        OperationId = id,
        Kind = OperationKind.Update,
        StartedAt = OperationId.TimeOf(id) ?? DateTimeOffset.UnixEpoch,
        By = "unknown",
    };

    private static OperationRecord? FirstOf(IReadOnlyList<string> lines, string id)
    {
        try
        {
            return OperationRecord.Read(id, JournalReader.Parse([lines[0]], id));
        }
        catch (AppException)
        {
            return null;
        }
    }
}
