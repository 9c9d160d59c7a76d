using UpgradeOps.Engine.State;
using UpgradeOps.Engine.Updates.Journal;

namespace UpgradeOps.Engine.Updates.Planning;

/// <summary>What earlier updates of this application cost its users.</summary>
internal static class PastOutages
{
    private const int Enough = 5;

    /// <returns>The median in seconds of the newest kept operations; null when there is none.</returns>
    public static async Task<double?> TypicalAsync(IAppState state, CancellationToken cancellationToken)
    {
        var seconds = new List<double>();
        foreach (var id in (await state.ListOperationsAsync(cancellationToken).ConfigureAwait(false)).Reverse())
        {
            if (seconds.Count == Enough)
            {
                break;
            }

            if (await ReadOutageAsync(state, id, cancellationToken).ConfigureAwait(false) is { } outage)
            {
                seconds.Add(outage);
            }
        }

        seconds.Sort();
        return seconds.Count == 0 ? null : seconds[seconds.Count / 2];
    }

    private static async Task<double?> ReadOutageAsync(IAppState state, string id, CancellationToken cancellationToken)
    {
        try
        {
            var record = OperationRecord.Read(id, await JournalReader.ReadAsync(state, id, cancellationToken).ConfigureAwait(false));
            return record.Outcome is { Status: UpdateStatus.Kept } kept ? kept.OutageSeconds : null;
        }
        catch (AppException)
        {
            // An estimate is not worth failing for; a damaged journal is reported where it matters.
            return null;
        }
    }
}
