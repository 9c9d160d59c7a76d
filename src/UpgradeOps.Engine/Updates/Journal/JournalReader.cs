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
        var still = before.Count == 0
            ? "Nothing before it can be read."
            : $"Known until then: {About(before[0], operationId)}; last whole entry, line {before.Count} at {before[^1].At:u}: {Name(before[^1])} '{before[^1].Event.ToString().ToLowerInvariant()}'.";
        return new AppException(ErrorIds.JournalDamaged, $"The journal of operation {operationId} is damaged at line {line}. {still}", $"{operationId}:{line}");
    }

    private static string About(JournalEntry first, string operationId)
    {
        var plan = OperationStart.FromInputs(first.Inputs, operationId).Plan;
        return $"{plan.Kind.ToString().ToLowerInvariant()} of {plan.Name} from {plan.From.Version ?? "nothing"} to {plan.To.Version ?? plan.To.Tag ?? "?"}";
    }

    private static string Name(JournalEntry entry) => entry.Step.Length == 0 ? "the operation was at" : $"step {entry.Step} was at";
}
