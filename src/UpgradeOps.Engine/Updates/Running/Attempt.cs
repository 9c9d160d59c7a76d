using UpgradeOps.Engine.Operations;
using UpgradeOps.Engine.Progress;
using UpgradeOps.Engine.State;

namespace UpgradeOps.Engine.Updates.Running;

/// <summary>What somebody asked for. When it is refused, the history says so; when it begins, its journal does.</summary>
/// <param name="Asked">In a few words: <c>update to 1.4.0</c>.</param>
internal sealed record Attempt(string Name, OperationKind Kind, string Asked)
{
    private const int LongestReason = 4000;

    public bool Forced { get; init; }

    /// <summary>The plan that came with it; null when it would have been made later.</summary>
    public UpdatePlan? Plan { get; init; }

    public string? Channel { get; init; }

    /// <summary>Tries it.</summary>
    public async Task<UpdateResult> RunAsync(IAppState state, EngineOptions options, Func<Task<UpdateResult>> run)
    {
        var began = options.Time.GetUtcNow();
        try
        {
            var result = await run().ConfigureAwait(false);
            if (result.Status == UpdateStatus.Refused)
                await NoteAsync(state, options, began, result).ConfigureAwait(false);
            return result;
        }
        catch (AppException e) when (e.ErrorId is ErrorIds.LockHeld or ErrorIds.PlanDamaged)
        {
            await NoteAsync(state, options, began, Results.Refused(Plan, Name, e.Error, Kind)).ConfigureAwait(false);
            throw;
        }
    }

    private async Task NoteAsync(IAppState state, EngineOptions options, DateTimeOffset began, UpdateResult refused)
    {
        var ended = options.Time.GetUtcNow();
        var actor = Acting.Now(options);
        var entry = new HistoryEntry
        {
            Name = Name,
            OperationId = OperationId.New(options.Time),
            Kind = refused.Kind,
            Status = UpdateStatus.Refused,
            Asked = Asked,
            From = refused.From,
            To = refused.To,
            FromDigest = refused.FromDigest,
            ToDigest = refused.ToDigest,
            Channel = Channel ?? Plan?.To.Channel,
            Undoes = Plan?.Undoes,
            PlanHash = Plan?.Hash,
            Forced = Forced,
            StartedAt = began,
            EndedAt = ended,
            DurationSeconds = Math.Max(0, Math.Round((ended - began).TotalSeconds, 3)),
            By = $"{actor.User}@{actor.Machine}",
            Actor = actor,
            ErrorId = refused.Error?.ErrorId,
            Reason = refused.Error?.Message is { Length: > LongestReason } longer ? longer[..LongestReason] : refused.Error?.Message,
            Next = refused.Next,
        };
        try
        {
            // A second Ctrl+C does not take the note away.
            await RefusedAttempts.NoteAsync(state, entry, CancellationToken.None).ConfigureAwait(false);
        }
        catch (AppException e)
        {
            // The refusal stands all the same.
            options.Progress.Report(new ProgressEvent(ProgressKind.Warning, null, $"The refusal could not be noted in the history: {e.Message}") { At = ended });
        }
    }
}
