using UpgradeOps.Engine.Steps;

namespace UpgradeOps.Engine.Backups.Restore;

/// <summary>Makes a backup whose id follows from the operation, so that the step, done again, replaces its own half-made one.</summary>
internal sealed class CreateStep(PlannedStep planned, RestoreParts parts) : Step(planned)
{
    public override async Task<StepState> ObserveAsync(StepContext context, CancellationToken cancellationToken)
    {
        var id = IdFor(context);
        if (!parts.Store.Contains(id))
            return StepState.NotDone;
        await context.RecordAsync(RestoreSteps.BackupIdOutput, id, cancellationToken).ConfigureAwait(false);
        return StepState.Done;
    }

    public override async Task DoAsync(StepContext context, CancellationToken cancellationToken)
    {
        var request = new BackupRequest
        {
            BackupId = IdFor(context),
            OperationId = context.OperationId,
            Quiesced = OptionalInput("quiesced") == "true",
            Deployment = new Deployment { Name = parts.Definition.Name, Version = OptionalInput("version"), Digest = OptionalInput("digest") },
            SchemaFingerprint = OptionalInput("schemaFingerprint"),
            Progress = (what, done, total) => context.Tell(what, done, total),
        };
        await parts.Backups.CreateAsync(request, cancellationToken).ConfigureAwait(false);
        await context.RecordAsync(RestoreSteps.BackupIdOutput, request.BackupId, cancellationToken).ConfigureAwait(false);
    }

    /// <summary>The operation's own id; another part's backup, or a second one, gets its part or number behind it.</summary>
    private string IdFor(StepContext context)
    {
        var number = context.StepId[(context.StepId.LastIndexOf('#') + 1)..];
        var part = Planned.Part == "main" ? "" : $"-{Planned.Part}";
        return context.OperationId + part + (number == "1" ? "" : $"-{number}");
    }
}
