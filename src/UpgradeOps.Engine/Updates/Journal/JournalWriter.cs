using UpgradeOps.Engine.State;

namespace UpgradeOps.Engine.Updates.Journal;

/// <summary>Appends to one operation's journal under a lease. Each line is on disk when its call returns.</summary>
internal sealed class JournalWriter(IAppState state, ILease lease, string operationId, string planHash, TimeProvider time)
{
    private long _seq;
    private string _previous = "";

    public string OperationId => operationId;

    public ILease Lease => lease;

    /// <summary>Goes on after the last of these entries.</summary>
    public void ContinueAfter(IReadOnlyList<JournalEntry> entries)
    {
        if (entries.Count > 0)
        {
            _seq = entries[^1].Seq;
            _previous = entries[^1].Crc;
        }
    }

    public async Task<JournalEntry> AppendAsync(
        JournalEvent what,
        string step,
        string kind,
        IReadOnlyDictionary<string, string>? inputs,
        IReadOnlyDictionary<string, string>? outputs,
        CancellationToken cancellationToken)
    {
        var entry = new JournalEntry
        {
            Seq = _seq + 1,
            At = time.GetUtcNow(),
            Fence = lease.Fence,
            Plan = planHash,
            Step = step,
            Kind = kind,
            Event = what,
            Inputs = inputs ?? new Dictionary<string, string>(),
            Outputs = outputs ?? new Dictionary<string, string>(),
            Prev = _previous,
        };
        var line = JournalCodec.Write(entry);
        await state.AppendJournalAsync(lease, operationId, line, cancellationToken).ConfigureAwait(false);
        _seq = entry.Seq;
        _previous = JournalLine.ChecksumOf(line);
        return entry;
    }
}
