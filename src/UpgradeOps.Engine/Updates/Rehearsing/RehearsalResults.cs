using UpgradeOps.Engine.Apps.Definition;
using UpgradeOps.Engine.Json;
using UpgradeOps.Engine.Preflight;
using UpgradeOps.Engine.Updates.Journal;

namespace UpgradeOps.Engine.Updates.Rehearsing;

/// <summary>What a rehearsal's journal says of the update that is to come.</summary>
internal static class RehearsalResults
{
    private static readonly string[] Switching = ["service.link", "service.start", "compose.start", "health.verify"];

    /// <param name="real">The plan of the real update.</param>
    public static RehearsalReport Report(AppDefinition definition, OperationRecord record, UpdatePlan real, UpdateResult result)
    {
        var run = record.Plan.Steps.Single(s => s.Kind == RehearsalSteps.Run);
        var seen = EngineJson.Read<Rehearsed>(record.Step(run.Id).Outputs[RehearsalSteps.Outcome], ErrorIds.JournalDamaged, record.OperationId);
        var findings = real.Findings.Concat(Seen(definition, seen)).ToList();
        var blocker = findings.FirstOrDefault(f => f.Severity == FindingSeverity.Blocker);
        var worked = seen.Result.Status == UpdateStatus.Kept;
        List<StepResult> backup = [.. result.Steps.Where(s => s.Kind != RehearsalSteps.Run)];
        var stopped = definition.Backups.Count > 0 && (definition.OnFailureData == DataPolicy.Restore || definition.Quiesce == QuiesceMode.Stop);
        var migrates = stopped || definition.Migrations?.Run == MigrationsDefinition.AfterSwitch;
        var outage = seen.Result.Steps.Where(s => Switching.Contains(s.Kind) || (migrates && s.Kind == "migration.run")).Concat(stopped ? backup : []);
        return new RehearsalReport
        {
            Name = definition.Name,
            From = record.Plan.From.Version,
            To = record.Plan.To.Version,
            Passed = worked && blocker is null,
            Reason = worked ? blocker?.Message : seen.Result.Error?.Message ?? $"The update of the copy ended {seen.Result.Status}.",
            Error = worked ? null : seen.Result.Error,
            EstimatedOutageSeconds = worked ? Sum(outage) : null,
            EstimatedSeconds = worked ? Sum(backup.Concat(seen.Result.Steps)) : null,
            Steps = [.. backup, .. seen.Result.Steps],
            Changed = seen.Changed,
            UnchangedTables = seen.UnchangedTables,
            Findings = findings,
            BackupId = record.BackupBefore,
            OperationId = record.OperationId,
            At = record.StartedAt,
        };
    }

    private static IEnumerable<Finding> Seen(AppDefinition definition, Rehearsed seen)
    {
        if (seen.LiveMoved)
            yield return Findings.Of(FindingSeverity.Blocker, ErrorIds.RehearsalTouchedLive, definition.Name, $"The live database of {definition.Name} has another schema than before the copy was started: somebody migrated it meanwhile, or the copy did not take the database that it was given.");
        if (SharedPlaces.Meant(definition) is { Count: > 0 } shared)
            yield return Findings.Of(FindingSeverity.Warning, ErrorIds.RehearsalShares, definition.Name, $"{string.Join(", ", shared)} gave the copy a place in the live application's folder, or its database: what it wrote there is the live application's.");
        foreach (var finding in seen.Findings)
            yield return finding;
        if (seen.Left.Count > 0)
            yield return Findings.Of(FindingSeverity.Warning, ErrorIds.RehearsalIncomplete, definition.Name, $"Not rehearsed: the smoke tests {string.Join(", ", seen.Left)}. Such a test asks another address than the health checks do, is a command that does not name that address, or comes after one that asks another.");
        foreach (var table in seen.Changed.Where(t => t.After is null || t.After < t.Before))
            yield return Findings.Of(FindingSeverity.Warning, ErrorIds.RehearsalRowsGone, definition.Name, $"The new version leaves fewer rows in {table}.");
    }

    private static double Sum(IEnumerable<StepResult> steps) => Math.Round(steps.Sum(s => s.DurationSeconds), 3);
}
