using UpgradeOps.Engine.Json;
using UpgradeOps.Engine.State;
using UpgradeOps.Engine.Updates.Journal;
using UpgradeOps.Engine.Updates.Planning;
using UpgradeOps.Engine.Updates.Running;

namespace UpgradeOps.Engine.Operations;

/// <summary>Updates an application as a transaction: what runs afterwards is the new version, verified, or exactly what ran before.</summary>
public sealed class UpdateApp(EngineSession session)
{
    /// <param name="cancellationToken">Asks to stop at the next safe point.</param>
    /// <exception cref="AppException">It could not even be planned; nothing was begun.</exception>
    public Task<UpdateResult> RunAsync(UpdateOptions options, CancellationToken cancellationToken) => session.UseAsync(
        options.Name,
        rooms =>
        {
            var wanted = options.Plan?.To.Version ?? options.Version ?? options.Channel ?? "the newest";
            var attempt = new Attempt(rooms.Definition.Name, OperationKind.Update, $"update to {wanted}") { Forced = options.Force, Plan = options.Plan, Channel = options.Channel };
            return attempt.RunAsync(rooms.State, rooms.Options, () => RunAsync(rooms, attempt.Asked, options, cancellationToken));
        },
        cancellationToken);

    /// <summary>Under a lease of its own, in rooms that are open already.</summary>
    internal static Task<UpdateResult> RunAsync(AppRooms rooms, string purpose, UpdateOptions options, CancellationToken cancellationToken)
    {
        var name = rooms.Definition.Name;
        if (options.Plan is { } given)
        {
            PlanHash.Verify(given);
            if (given.Name != name)
                throw new AppException(ErrorIds.PlanDamaged, $"The plan is for {given.Name}, not for {name}.", name);
        }

        return Leased.RunAsync(
            rooms,
            purpose,
            error => Results.Refused(options.Plan, name, error),
            lease => RunLeasedAsync(rooms, lease, options, cancellationToken),
            cancellationToken);
    }

    private static async Task<UpdateResult> RunLeasedAsync(AppRooms rooms, ILease lease, UpdateOptions options, CancellationToken cancellationToken)
    {
        if (await OperationIndex.FindOpenAsync(rooms.State, cancellationToken).ConfigureAwait(false) is { } open)
        {
            return Results.Refused(options.Plan, rooms.Definition.Name, Pending.Error(open));
        }

        // Under the lease nobody of ours moves the world between the plan and its first step.
        var plan = options.Plan ?? await new UpdatePlanner(rooms).PlanAsync(options, cancellationToken).ConfigureAwait(false);
        if (Results.Blocked(plan) is { } blocked)
        {
            return Results.Refused(plan, plan.Name, rooms.Redaction.Clean(blocked));
        }

        if (options.Plan is not null && await StaleAsync(rooms, plan, cancellationToken).ConfigureAwait(false) is { } stale)
        {
            return Results.Refused(plan, plan.Name, stale);
        }

        if (plan.IsEmpty)
        {
            await RememberChannelAsync(rooms, lease, plan).ConfigureAwait(false);
            return Results.NothingToDo(plan);
        }

        var transaction = await Transaction.BeginAsync(rooms, lease, plan, cancellationToken, options.Force).ConfigureAwait(false);
        return await transaction.RunAsync(repeatUncertain: false, cancellationToken).ConfigureAwait(false);
    }

    private static async Task<AppError?> StaleAsync(AppRooms rooms, UpdatePlan plan, CancellationToken cancellationToken)
    {
        var current = await rooms.Platform.InspectAsync(cancellationToken).ConfigureAwait(false);
        var schema = await rooms.Schema.ReadAsync(cancellationToken).ConfigureAwait(false);
        return PlanFit.Difference(plan.From, Endpoints.Of(current, plan.From.Channel, schema)) is { } difference
            ? new AppException(ErrorIds.PlanStale, $"The plan for {plan.Name} no longer fits: {difference}.", plan.Name).Error
            : null;
    }

    private static async Task RememberChannelAsync(AppRooms rooms, ILease lease, UpdatePlan plan)
    {
        if (plan.To.Channel is { } channel)
        {
            await rooms.State.ChangeAsync(lease, memory => memory with { Channel = channel }, CancellationToken.None).ConfigureAwait(false);
        }
    }
}
