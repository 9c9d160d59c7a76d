using UpgradeOps.Engine.Health;
using UpgradeOps.Engine.Updates.Steps;

namespace UpgradeOps.Engine.Updates.Planning;

/// <summary>Puts the steps of all rooms into the order of the transaction and gives them their ids.</summary>
internal static class StepOrder
{
    /// <param name="platform">The platform's steps in their own order.</param>
    /// <param name="policy">With <see cref="DataPolicy.Restore"/> the old version stops before the backup, so that no write falls between the two.</param>
    /// <param name="stopFirst">The same, asked for by <c>quiesce: stop</c>.</param>
    /// <param name="before">What changes the schema as late as it can while the old version still serves: before what the switch stops.</param>
    public static IReadOnlyList<PlannedStep> Arrange(
        IReadOnlyList<PlannedStep> platform,
        IReadOnlyList<PlannedStep> backup,
        IReadOnlyList<PlannedStep> health,
        DataPolicy policy,
        bool stopFirst = false,
        PlannedStep? before = null)
    {
        var steps = platform
            .Select(s => (policy == DataPolicy.Restore || stopFirst) && backup.Count > 0 && s.StopsOld ? s with { Phase = StepPhase.Quiesce } : s)
            .Concat(backup)
            .Concat(health)
            .OrderBy(s => s.Phase)
            .ToList();
        var start = steps.FindIndex(s => s.StartsNew);
        if (start < 0)
        {
            return Numbered(steps);
        }

        // Health asks exactly the instances that this step will have started.
        var startKind = steps[start].Kind;
        steps.Insert(start, DataSteps.PlanGuard(policy));
        if (before is not null)
        {
            // The way back comes to the later guard first where that was reached; to this one when the migrations themselves failed.
            var stopped = steps.Exists(s => s is { StopsOld: true, Phase: StepPhase.Quiesce });
            var at = steps.FindIndex(s => s.Phase == StepPhase.Switch && (s.StopsOld || s.CausesOutage || s.StartsNew));
            steps.InsertRange(at, [DataSteps.PlanGuard(policy, whileRunning: !stopped), before with { Phase = StepPhase.Switch }]);
        }

        return Numbered(steps.Select(s => health.Contains(s) ? With(s, HealthOutputs.StartKind, startKind) : s));
    }

    /// <summary>Puts steps where data can be replaced in peace: after the old version is stopped, before the new one starts.</summary>
    public static IReadOnlyList<PlannedStep> InsertBeforeStart(IReadOnlyList<PlannedStep> steps, IReadOnlyList<PlannedStep> inserted)
    {
        // What can be staged, such as fetching a backup, is done before anything stops.
        var list = inserted.Where(s => s.Phase == StepPhase.Stage).Concat(steps).ToList();
        list.InsertRange(list.FindIndex(s => s.StartsNew), inserted.Where(s => s.Phase != StepPhase.Stage).Select(s => s with { Phase = StepPhase.Switch }));
        return Numbered(list);
    }

    private static PlannedStep With(PlannedStep step, string name, string value) =>
        step with { Inputs = new Dictionary<string, string>(step.Inputs) { [name] = value } };

    /// <summary>Ids of the form <c>part/kind#n</c>, counted for each kind.</summary>
    public static IReadOnlyList<PlannedStep> Numbered(IEnumerable<PlannedStep> steps)
    {
        var counts = new Dictionary<string, int>();
        return steps.Select(s =>
        {
            var key = $"{s.Part}/{s.Kind}";
            counts[key] = counts.GetValueOrDefault(key) + 1;
            return s with { Id = $"{key}#{counts[key]}" };
        }).ToList();
    }
}
