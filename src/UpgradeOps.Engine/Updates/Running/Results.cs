using UpgradeOps.Engine.Updates.Journal;

namespace UpgradeOps.Engine.Updates.Running;

/// <summary>Results that users get, made from what the journal says.</summary>
internal static class Results
{
    public static UpdateResult Of(OperationRecord record, bool resumed) => new()
    {
        Name = record.Plan.Name,
        OperationId = record.OperationId,
        Kind = record.Plan.Kind,
        Status = record.Outcome?.Status ?? UpdateStatus.Interrupted,
        From = record.Plan.From.Version,
        To = record.Plan.To.Version,
        FromDigest = record.Plan.From.Digest,
        ToDigest = record.Plan.To.Digest,
        StartedAt = record.StartedAt,
        DurationSeconds = Seconds(record.StartedAt, record.LastAt),
        OutageSeconds = record.Outcome?.OutageSeconds,
        Resumed = resumed,
        BackupIds = record.BackupIds,
        Proof = record.Proof,
        Data = Data(record),
        KeptAside = Aside.Of(record),
        Evidence = record.Evidence,
        Steps = record.Plan.Steps.Select(s => Step(record, s)).ToList(),
        Findings = [.. record.Plan.Findings, .. record.Findings],
        Error = record.Outcome?.Error,
        Next = record.Outcome?.Next,
    };

    /// <summary>Nothing was touched.</summary>
    public static UpdateResult Refused(UpdatePlan? plan, string name, AppError error, OperationKind kind = OperationKind.Update) => new()
    {
        Name = name,
        Kind = kind,
        Status = UpdateStatus.Refused,
        From = plan?.From.Version,
        To = plan?.To.Version,
        FromDigest = plan?.From.Digest,
        ToDigest = plan?.To.Digest,
        Findings = plan?.Findings ?? [],
        Error = error,
        Next = error.RecommendedAction,
    };

    public static UpdateResult NothingToDo(UpdatePlan plan) => new()
    {
        Name = plan.Name,
        Kind = plan.Kind,
        Status = UpdateStatus.NothingToDo,
        From = plan.From.Version,
        To = plan.To.Version,
        FromDigest = plan.From.Digest,
        ToDigest = plan.To.Digest,
        Findings = plan.Findings,
    };

    /// <returns>The first blocker as an error that names all of them; null when none stands against the plan.</returns>
    public static AppError? Blocked(UpdatePlan plan)
    {
        var blockers = plan.Findings.Where(f => f.Severity == FindingSeverity.Blocker).ToList();
        return blockers.Count == 0 ? null : new AppError
        {
            ErrorId = blockers[0].ErrorId,
            Message = string.Join(" ", blockers.Select(b => b.Message)),
            Target = blockers[0].Target,
            RecommendedAction = blockers[0].RecommendedAction,
        };
    }

    public static HistoryEntry History(OperationRecord record) => new()
    {
        Name = record.Plan.Name,
        OperationId = record.OperationId,
        Kind = record.Plan.Kind,
        Status = record.Outcome?.Status,
        From = record.Plan.From.Version,
        To = record.Plan.To.Version,
        FromDigest = record.Plan.From.Digest,
        ToDigest = record.Plan.To.Digest,
        Channel = record.Plan.To.Channel,
        Undoes = record.Plan.Undoes,
        PlanHash = record.Plan.Hash,
        Forced = record.Start.Forced,
        Data = Data(record),
        StartedAt = record.StartedAt,
        EndedAt = record.Outcome is null ? null : record.LastAt,
        DurationSeconds = record.Outcome is null ? null : Seconds(record.StartedAt, record.LastAt),
        OutageSeconds = record.Outcome?.OutageSeconds,
        By = record.Start.By,
        Actor = record.Start.Actor,
        Continued = record.Continued,
        BackupIds = record.BackupIds,
        Proof = record.Proof,
        Evidence = record.Evidence,
        ErrorId = (record.Outcome?.Error ?? record.Failure)?.ErrorId,
        Reason = (record.Outcome?.Error ?? record.Failure)?.Message,
        Next = record.Outcome?.Next,
        KeptAside = Aside.Of(record),
        DataSince = record.Plan.DataSince,
    };

    /// <summary>What was decided on the way back; of an undo of a migrated update, what a person said.</summary>
    private static DataPolicy? Data(OperationRecord record)
    {
        var plan = record.Plan;
        var migrated = plan.Kind == OperationKind.Undo && plan.To.SchemaFingerprint is not null && plan.To.SchemaFingerprint != plan.From.SchemaFingerprint;
        return record.DataChoice ?? (migrated ? record.Start.Data : null);
    }

    // Two processes may have written the two ends, and the clock been set in between.
    private static double Seconds(DateTimeOffset from, DateTimeOffset to) => Math.Max(0, Math.Round((to - from).TotalSeconds, 3));

    private static StepResult Step(OperationRecord record, PlannedStep planned)
    {
        var step = record.Step(planned.Id);
        return new StepResult
        {
            Id = planned.Id,
            Kind = planned.Kind,
            Description = planned.Description,
            StartedAt = step.StartedAt,
            DurationSeconds = step is { StartedAt: { } start, EndedAt: { } end } ? Seconds(start, end) : 0,
            Outcome = step switch
            {
                { Undone: true } => StepOutcome.Undone,
                { Undoing: true } => StepOutcome.UndoFailed,
                { Done: true } when step.Outputs.GetValueOrDefault("how") == "observed" => StepOutcome.AlreadyDone,
                { Done: true } => StepOutcome.Done,
                { Begun: true } when record.FailedStep == planned.Id => StepOutcome.Failed,
                { Begun: true } => StepOutcome.Started,
                _ => StepOutcome.Pending,
            },
            Detail = record.FailedStep == planned.Id ? record.Failure?.Message : null,
        };
    }
}
