using UpgradeOps.Engine.Json;
using UpgradeOps.Engine.Steps;

namespace UpgradeOps.Engine.Backups.Restore;

/// <summary>Makes a backup whose id follows from the operation, so that the step, done again, replaces its own half-made one.</summary>
internal sealed class CreateStep(PlannedStep planned, RestoreParts parts) : Step(planned)
{
    private const string Held = "held";

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
        await LetGoAsync(context, cancellationToken).ConfigureAwait(false);
        var request = new BackupRequest
        {
            BackupId = IdFor(context),
            OperationId = context.OperationId,
            SkipAbsent = OptionalInput(RestoreSteps.AbsentInput) == "skip",
            Quiesced = OptionalInput("quiesced") == "true",
            Deployment = new Deployment { Name = parts.Definition.Name, Version = OptionalInput("version"), Digest = OptionalInput("digest") },
            SchemaFingerprint = OptionalInput("schemaFingerprint"),
            Hold = OptionalInput(RestoreSteps.HoldInput) == "true" ? Hold(context) : null,
            Progress = (what, done, total) => context.Tell(what, done, total),
        };
        await parts.Backups.CreateAsync(request, cancellationToken).ConfigureAwait(false);
        await context.RecordAsync(RestoreSteps.BackupIdOutput, request.BackupId, cancellationToken).ConfigureAwait(false);
    }

    /// <summary>A whole backup stays; half of one goes, and whoever was held for it when a process was killed is let go.</summary>
    public override async Task UndoAsync(StepContext context, CancellationToken cancellationToken)
    {
        await LetGoAsync(context, cancellationToken).ConfigureAwait(false);
        parts.Store.Discard(IdFor(context));
    }

    private async Task LetGoAsync(StepContext context, CancellationToken cancellationToken)
    {
        if (parts.Writers is not { } writers || !context.Outputs.TryGetValue(Held, out var json))
            return;
        var ids = EngineJson.Read<List<string>>(json, ErrorIds.PlanDamaged, context.OperationId);
        if (ids.Count == 0)
            return;
        await writers.ReleaseAsync(ids, cancellationToken).ConfigureAwait(false);
        await RememberAsync(context, [], cancellationToken).ConfigureAwait(false);
    }

    private WriterHold? Hold(StepContext context) =>
        parts.Writers is { } writers ? new WriterHold(writers, (ids, token) => RememberAsync(context, ids, token), context.Time) : null;

    private static Task RememberAsync(StepContext context, IReadOnlyList<string> ids, CancellationToken cancellationToken) =>
        context.RecordAsync(Held, EngineJson.Write(ids), cancellationToken);

    /// <summary>The operation's own id; another part's backup, or a second one, gets its part or number behind it.</summary>
    private string IdFor(StepContext context)
    {
        var number = context.StepId[(context.StepId.LastIndexOf('#') + 1)..];
        var part = Planned.Part == "main" ? "" : $"-{Planned.Part}";
        return context.OperationId + part + (number == "1" ? "" : $"-{number}");
    }
}
