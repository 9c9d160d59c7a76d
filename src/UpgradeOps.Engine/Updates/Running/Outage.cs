using UpgradeOps.Engine.Health;
using UpgradeOps.Engine.Updates.Journal;

namespace UpgradeOps.Engine.Updates.Running;

/// <summary>How long nobody was served, from one machine's clock.</summary>
internal static class Outage
{
    /// <returns>Seconds from the intent to stop the old version to the first verified answer of the new (or, undone, of the old again); null when nothing was stopped.</returns>
    public static double? Of(OperationRecord record)
    {
        var stopped = record.Plan.Steps
            .Where(s => s.CausesOutage && record.Step(s.Id).Begun)
            .Select(s => record.Step(s.Id).StartedAt)
            .Min();
        if (stopped is null)
        {
            return null;
        }

        var back = record.IsGoingBack
            ? record.Plan.Steps.Where(s => s.CausesOutage).Select(s => record.Step(s.Id).UndoneAt).Max()
            : record.Plan.Steps
                .Select(s => record.Step(s.Id).Outputs.GetValueOrDefault(HealthOutputs.HealthyAt))
                .Where(v => v is not null)
                .Select(v => (DateTimeOffset?)DateTimeOffset.Parse(v!, System.Globalization.CultureInfo.InvariantCulture))
                .Min();
        return back is null ? null : Math.Max(0, Math.Round((back.Value - stopped.Value).TotalSeconds, 3));
    }
}
