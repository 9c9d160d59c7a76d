using UpgradeOps.Engine.State;
using UpgradeOps.Engine.Updates.Journal;
using UpgradeOps.Engine.Updates.Planning;
using UpgradeOps.Engine.Updates.Rehearsing;
using UpgradeOps.Engine.Updates.Running;

namespace UpgradeOps.Engine.Operations;

/// <summary>Tries an update on a restored copy of the data, beside the live application, which goes on; tells what would fail and how long it would take.</summary>
public sealed class RehearseUpdate(EngineSession session)
{
    /// <summary>What would be done. Changes nothing.</summary>
    /// <exception cref="AppException"><see cref="ErrorIds.RehearsalNotDeclared"/>.</exception>
    public Task<UpdatePlan> PlanAsync(UpdateOptions options, CancellationToken cancellationToken) =>
        session.UseAsync(options.Name, rooms => new RehearsalPlanner(rooms).PlanAsync(options, cancellationToken), cancellationToken);

    /// <summary>A version that fails is a result; what kept it from being tried is an error.</summary>
    /// <param name="cancellationToken">Asks to stop; the copy is removed first.</param>
    public async Task<RehearsalReport> RunAsync(UpdateOptions options, CancellationToken cancellationToken)
    {
        await ClearAsync(options.Name, cancellationToken).ConfigureAwait(false);
        return await session.UseAsync(options.Name, rooms => RunAsync(rooms, options, cancellationToken), cancellationToken).ConfigureAwait(false);
    }

    private static AppError Why(AppRooms rooms, OperationRecord? record, UpdateResult result)
    {
        var name = rooms.Definition.Name;
        var error = result.Error ?? new AppException(ErrorIds.Interrupted, $"The rehearsal of {name} ended {result.Status}.", name).Error;
        // Asked to stop, it removes the copy first.
        var stays = record?.IsClosed == false && error.ErrorId != ErrorIds.Interrupted && record.Plan.Steps.Any(s => s.Kind == RehearsalSteps.Run && record.Step(s.Id).Begun);
        return error with
        {
            Message = stays ? $"{error.Message} What there is of the copy of {name} stays on {rooms.Host.Address} until the next rehearsal, Resume-AppUpdate or Undo-AppUpdate removes it." : error.Message,
            RecommendedAction = result.Next ?? error.RecommendedAction,
        };
    }

    /// <summary>A rehearsal that was killed is not gone on with: what it left is removed.</summary>
    private async Task ClearAsync(string name, CancellationToken cancellationToken)
    {
        var state = await session.OpenStateAsync(name, cancellationToken).ConfigureAwait(false);
        if ((await OperationIndex.FindOpenAsync(state, cancellationToken).ConfigureAwait(false))?.Plan.Kind == OperationKind.Rehearsal)
            await new UndoUpdate(session).RunAsync(new UndoOptions { Name = name }, cancellationToken).ConfigureAwait(false);
    }

    private static async Task<RehearsalReport> RunAsync(AppRooms rooms, UpdateOptions options, CancellationToken cancellationToken)
    {
        var name = rooms.Definition.Name;
        OperationRecord? record = null;
        UpdatePlan? real = null;
        var result = await new Attempt(name, OperationKind.Rehearsal, $"rehearse {options.Version ?? options.Channel ?? "the newest"}").RunAsync(
            rooms.State,
            rooms.Options,
            () => Leased.RunAsync(rooms, "rehearse", error => Results.Refused(null, name, error, OperationKind.Rehearsal), WorkAsync, cancellationToken)).ConfigureAwait(false);
        if (result.Status != UpdateStatus.Kept || record is null || real is null)
            throw new AppException(Why(rooms, record, result));
        return RehearsalResults.Report(rooms.Definition, record, real, result);

        async Task<UpdateResult> WorkAsync(ILease lease)
        {
            if (await OperationIndex.FindOpenAsync(rooms.State, cancellationToken).ConfigureAwait(false) is { } open)
                return Results.Refused(null, name, Pending.Error(open), OperationKind.Rehearsal);
            real = await new UpdatePlanner(rooms).PlanAsync(options, cancellationToken).ConfigureAwait(false);
            var plan = await new RehearsalPlanner(rooms).PlanAsync(options, cancellationToken).ConfigureAwait(false);
            var transaction = await Transaction.BeginAsync(rooms, lease, plan, cancellationToken, options.Force).ConfigureAwait(false);
            var ended = await transaction.RunAsync(repeatUncertain: false, cancellationToken).ConfigureAwait(false);
            record = transaction.Record;
            return ended;
        }
    }
}
