using UpgradeOps.Engine.State;
using UpgradeOps.Engine.Updates.Journal;
using UpgradeOps.Engine.Updates.Planning;
using UpgradeOps.Engine.Updates.Running;

namespace UpgradeOps.Engine.Operations;

/// <summary>Which migration is taken back, and how.</summary>
public sealed record UndoMigrationOptions
{
    public required string Name { get; init; }

    /// <summary>The migration; null for the newest. Only the newest can be taken back.</summary>
    public string? Version { get; init; }

    /// <summary>The release whose scripts are used, such as the newer one that applied it; null for the one that runs.</summary>
    public string? Release { get; init; }

    /// <summary>SQL of a person's own, instead of the release's script.</summary>
    public byte[]? Script { get; init; }

    /// <summary>What <see cref="Script"/> is called in messages.</summary>
    public string? ScriptName { get; init; }

    /// <summary>A person said yes to what is lost.</summary>
    public bool Force { get; init; }
}

/// <summary>Takes the newest migration of an application's database back: after a backup, with its script, in one transaction.</summary>
public sealed class UndoMigration(EngineSession session)
{
    /// <summary>Reads a script of a person's own.</summary>
    /// <exception cref="AppException"><see cref="ErrorIds.MigrationScriptUnfit"/>: there is no such file, or it is not to be read.</exception>
    public static byte[] ReadScript(string path)
    {
        try
        {
            return File.ReadAllBytes(path);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new AppException(ErrorIds.MigrationScriptUnfit, $"{path} cannot be read: {e.Message}", path, "Name a file of SQL.", e);
        }
    }

    /// <summary>What would be done, with the SQL. Changes nothing.</summary>
    public Task<UpdatePlan> PlanAsync(UndoMigrationOptions options, CancellationToken cancellationToken) =>
        session.UseAsync(options.Name, rooms => new MigrationUndoPlanner(rooms).PlanAsync(options, cancellationToken), cancellationToken);

    /// <param name="cancellationToken">Asks to stop at the next safe point.</param>
    public Task<UpdateResult> RunAsync(UndoMigrationOptions options, CancellationToken cancellationToken) => session.UseAsync(
        options.Name,
        rooms => new Attempt(rooms.Definition.Name, OperationKind.MigrationUndo, "undo a migration") { Forced = options.Force }.RunAsync(
            rooms.State, rooms.Options, () => RunAsync(rooms, options, cancellationToken)),
        cancellationToken);

    private static Task<UpdateResult> RunAsync(AppRooms rooms, UndoMigrationOptions options, CancellationToken cancellationToken) => Leased.RunAsync(
        rooms,
        "undo a migration",
        error => Results.Refused(null, rooms.Definition.Name, error, OperationKind.MigrationUndo),
        lease => RunLeasedAsync(rooms, lease, options, cancellationToken),
        cancellationToken);

    private static async Task<UpdateResult> RunLeasedAsync(AppRooms rooms, ILease lease, UndoMigrationOptions options, CancellationToken cancellationToken)
    {
        if (await OperationIndex.FindOpenAsync(rooms.State, cancellationToken).ConfigureAwait(false) is { } open)
            return Results.Refused(null, rooms.Definition.Name, Pending.Error(open), OperationKind.MigrationUndo);

        var plan = await new MigrationUndoPlanner(rooms).PlanAsync(options, cancellationToken).ConfigureAwait(false);
        if (Results.Blocked(plan) is { } blocked)
            return Results.Refused(plan, plan.Name, rooms.Redaction.Clean(blocked), OperationKind.MigrationUndo);
        if (plan.IsEmpty)
            return Results.NothingToDo(plan);
        var transaction = await Transaction.BeginAsync(rooms, lease, plan, cancellationToken, options.Force).ConfigureAwait(false);
        return await transaction.RunAsync(repeatUncertain: false, cancellationToken).ConfigureAwait(false);
    }
}
