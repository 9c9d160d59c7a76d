using UpgradeOps.Engine.State;
using UpgradeOps.Engine.Updates.Journal;
using UpgradeOps.Engine.Updates.Planning;
using UpgradeOps.Engine.Updates.Running;

namespace UpgradeOps.Engine.Operations;

/// <summary>Applies the pending migrations of the version that is installed, by the command that the definition declares, after a backup.</summary>
public sealed class RunMigrations(EngineSession session)
{
    private const string Purpose = "run migrations";

    /// <summary>What would be done, and which migrations are pending. Changes nothing.</summary>
    /// <exception cref="AppException"><see cref="ErrorIds.MigrationsNotDeclared"/>, <see cref="ErrorIds.MigrationCommandMissing"/>.</exception>
    public Task<UpdatePlan> PlanAsync(string name, CancellationToken cancellationToken) =>
        session.UseAsync(name, rooms => new MigrationPlanner(rooms).PlanAsync(cancellationToken), cancellationToken);

    /// <param name="cancellationToken">Asks to stop at the next safe point.</param>
    public Task<UpdateResult> RunAsync(string name, CancellationToken cancellationToken) => session.UseAsync(
        name,
        rooms => new Attempt(rooms.Definition.Name, OperationKind.Migration, Purpose).RunAsync(
            rooms.State,
            rooms.Options,
            () => Leased.RunAsync(
                rooms,
                Purpose,
                error => Results.Refused(null, rooms.Definition.Name, error, OperationKind.Migration),
                lease => RunLeasedAsync(rooms, lease, cancellationToken),
                cancellationToken)),
        cancellationToken);

    private static async Task<UpdateResult> RunLeasedAsync(AppRooms rooms, ILease lease, CancellationToken cancellationToken)
    {
        if (await OperationIndex.FindOpenAsync(rooms.State, cancellationToken).ConfigureAwait(false) is { } open)
            return Results.Refused(null, rooms.Definition.Name, Pending.Error(open), OperationKind.Migration);
        var plan = await new MigrationPlanner(rooms).PlanAsync(cancellationToken).ConfigureAwait(false);
        if (Results.Blocked(plan) is { } blocked)
            return Results.Refused(plan, plan.Name, rooms.Redaction.Clean(blocked), OperationKind.Migration);
        if (plan.IsEmpty)
            return Results.NothingToDo(plan);
        var transaction = await Transaction.BeginAsync(rooms, lease, plan, cancellationToken).ConfigureAwait(false);
        return await transaction.RunAsync(repeatUncertain: false, cancellationToken).ConfigureAwait(false);
    }
}
