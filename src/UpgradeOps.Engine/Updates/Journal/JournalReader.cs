using UpgradeOps.Engine.State;

namespace UpgradeOps.Engine.Updates.Journal;

/// <summary>Reads an operation's journal and trusts nothing in it that does not prove itself.</summary>
internal static class JournalReader
{
    /// <summary>
    /// The entries in order. A torn last line is what a killed process or a power cut leaves, and is dropped; anything wrong before it is damage.
    /// </summary>
    /// <exception cref="AppException"><see cref="ErrorIds.JournalDamaged"/> with what is still known; <see cref="ErrorIds.JournalNewerFormat"/>.</exception>
    public static async Task<IReadOnlyList<JournalEntry>> ReadAsync(IAppState state, string operationId, CancellationToken cancellationToken)
    {
        var lines = await state.ReadJournalAsync(operationId, cancellationToken).ConfigureAwait(false);
        return Parse(lines, operationId);
    }

    internal static IReadOnlyList<JournalEntry> Parse(IReadOnlyList<string> lines, string operationId)
    {
        var entries = new List<JournalEntry>(lines.Count);
        var previous = "";
        for (var i = 0; i < lines.Count; i++)
        {
            var entry = JournalCodec.Read(lines[i], operationId);
            if (entry is null && i == lines.Count - 1 && JournalLine.CanBeTorn(lines[i]))
            {
                break;
            }

            if (entry is null || entry.Seq != i + 1 || entry.Prev != previous)
            {
                throw Damaged(operationId, i + 1, entries);
            }

            entries.Add(entry);
            previous = entry.Crc;
        }

        return entries;
    }

    private static AppException Damaged(string operationId, int line, List<JournalEntry> before)
    {
        var known = before.LastOrDefault(e => e.Step.Length > 0);
        var still = known is null
            ? "Nothing before it tells of a step."
            : $"Known until then: step {known.Step} was at '{known.Event.ToString().ToLowerInvariant()}' at {known.At:u}.";
        return new AppException(ErrorIds.JournalDamaged, $"The journal of operation {operationId} is damaged at line {line}. {still}", $"{operationId}:{line}");
    }
}
