using UpgradeOps.Engine.State;
using UpgradeOps.Engine.Updates.Journal;
using UpgradeOps.Engine.Updates.Planning;
using UpgradeOps.Engine.Updates.Running;

namespace UpgradeOps.Engine.Operations;

/// <summary>Goes back: takes back an operation that is still open, or returns to what ran before the newest kept update.</summary>
public sealed class UndoUpdate(EngineSession session)
{
    /// <summary>
    /// What going back would do, and which rows are newer than the backup; for an operation that is still open, its own plan, whose steps are
    /// taken back (an undo's own: gone on with). Changes nothing. Where <see cref="NeedsConsent"/> is true, <see cref="UndoOptions.Force"/> says yes.
    /// </summary>
    /// <exception cref="AppException"><see cref="ErrorIds.NothingToUndo"/>.</exception>
    public async Task<UpdatePlan> PlanAsync(UndoOptions options, CancellationToken cancellationToken)
    {
        var state = await session.OpenStateAsync(options.Name, cancellationToken).ConfigureAwait(false);
        if (await OperationIndex.FindOpenAsync(state, cancellationToken).ConfigureAwait(false) is not { } open)
            return await session.UseAsync(options.Name, rooms => new UndoPlanner(rooms).PlanAsync(options, cancellationToken), cancellationToken).ConfigureAwait(false);
        var rooms = session.Open(open.Start.Definition, state);
        await using (rooms.ConfigureAwait(false))
        {
            return await new OpenUndo(rooms, open).PlanAsync(options, cancellationToken).ConfigureAwait(false);
        }
    }

    /// <summary>True when nothing stands against a plan to go back but a person's word about the data.</summary>
    public static bool NeedsConsent(UpdatePlan plan)
    {
        var blockers = plan.Findings.Where(f => f.Severity == FindingSeverity.Blocker).ToList();
        return blockers.Count > 0 && blockers.TrueForAll(b => b.ErrorId is ErrorIds.DataNeedsChoice or ErrorIds.RestoreNeedsConsent);
    }

    /// <param name="cancellationToken">Asks to stop at the next safe point.</param>
    public async Task<UpdateResult> RunAsync(UndoOptions options, CancellationToken cancellationToken)
    {
        var (name, place) = await session.Catalogue.FindStateAsync(options.Name, cancellationToken).ConfigureAwait(false);
        var attempt = new Attempt(name, OperationKind.Undo, options.OperationId is { } id ? $"undo {id}" : "undo") { Forced = options.Force };
        return await attempt.RunAsync(session.OpenState(name, place), session.Options, () => GoBackAsync(options, cancellationToken)).ConfigureAwait(false);
    }

    private async Task<UpdateResult> GoBackAsync(UndoOptions options, CancellationToken cancellationToken)
    {
        var open = await OpenOperation.TakeOverAsync(session, options.Name, options.OperationId, "undo", cancellationToken).ConfigureAwait(false);
        if (open is not null && await EndOpenAsync(open, options, cancellationToken).ConfigureAwait(false) is { } ended)
        {
            return ended;
        }

        return await session.UseAsync(
            options.Name,
            rooms => Leased.RunAsync(
                rooms,
                "undo",
                error => Results.Refused(null, rooms.Definition.Name, error, OperationKind.Undo),
                lease => UndoKeptAsync(rooms, lease, options, cancellationToken),
                cancellationToken),
            cancellationToken).ConfigureAwait(false);
    }

    /// <summary>Undoing twice is no redoing: an undo that was cut off goes on towards the old version, as whoever says it again expects.</summary>
    /// <returns>Null when it turned out to be kept, and is to be taken back like any kept update.</returns>
    private static async Task<UpdateResult?> EndOpenAsync(OpenOperation open, UndoOptions options, CancellationToken cancellationToken)
    {
        await using (open.ConfigureAwait(false))
        {
            // Before anybody looks whether the schema moved: a migration that still runs could move it afterwards.
            await open.Transaction.HaltAsync(cancellationToken).ConfigureAwait(false);
            var record = open.Transaction.Record;
            var answer = await new OpenUndo(open.Rooms, record).AskAsync(options, cancellationToken).ConfigureAwait(false);
            if (answer?.Data == DataPolicy.Restore && Results.Blocked(record.Plan with { Findings = answer.Findings }) is { } found)
            {
                var blocked = open.Rooms.Redaction.Clean(found);
                return Results.Of(record, resumed: true) with { Status = UpdateStatus.Refused, Findings = answer.Findings, Error = blocked, Next = blocked.RecommendedAction };
            }

            await open.Transaction.NoteContinuationAsync("undo", options.Force).ConfigureAwait(false);
            if (record is { Plan.Kind: OperationKind.Undo, IsGoingBack: false })
            {
                return await open.Transaction.RunAsync(options.Force, cancellationToken).ConfigureAwait(false);
            }

            var result = await open.Transaction.GoBackAsync(answer?.Data, cancellationToken).ConfigureAwait(false);
            return result.Status == UpdateStatus.Kept ? null : result;
        }
    }

    private static async Task<UpdateResult> UndoKeptAsync(AppRooms rooms, ILease lease, UndoOptions options, CancellationToken cancellationToken)
    {
        var plan = await new UndoPlanner(rooms).PlanAsync(options, cancellationToken).ConfigureAwait(false);
        if (Results.Blocked(plan) is { } blocked)
        {
            return Results.Refused(plan, plan.Name, rooms.Redaction.Clean(blocked), OperationKind.Undo);
        }

        var transaction = await Transaction.BeginAsync(rooms, lease, plan, cancellationToken, options.Force, DataQuestion.Choice(options)).ConfigureAwait(false);
        return await transaction.RunAsync(repeatUncertain: false, cancellationToken).ConfigureAwait(false);
    }
}
