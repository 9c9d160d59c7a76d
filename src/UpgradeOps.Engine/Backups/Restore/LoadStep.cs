using UpgradeOps.Engine.Backups.Proof;
using UpgradeOps.Engine.Databases;
using UpgradeOps.Engine.Steps;

namespace UpgradeOps.Engine.Backups.Restore;

/// <summary>Loads a dump of a backup into a new database beside the live one, and counts its rows there. The live one is not touched.</summary>
internal sealed class LoadStep(PlannedStep planned, RestoreParts parts) : Step(planned)
{
    private IDatabase Database => parts.Database(Input(RestoreSteps.Target));

    public override async Task<StepState> ObserveAsync(StepContext context, CancellationToken cancellationToken)
    {
        var loaded = Name(context);
        if (!await Database.ExistsAsync(loaded, cancellationToken).ConfigureAwait(false))
            return StepState.NotDone;
        await context.RecordAsync("loaded", loaded, cancellationToken).ConfigureAwait(false);
        return StepState.Done;
    }

    public override async Task DoAsync(StepContext context, CancellationToken cancellationToken)
    {
        var loaded = Name(context);
        await DumpFeed.RunAsync(
            Planned,
            parts,
            context,
            async (dump, token) =>
            {
                // The name is this operation's own: what stands there is left of an interrupted try.
                await Database.DropAsync(loaded, token).ConfigureAwait(false);
                context.Tell($"Loading {Input(RestoreSteps.File)} into {loaded}");
                await Database.LoadAsync(dump, loaded, token).ConfigureAwait(false);
            },
            cancellationToken).ConfigureAwait(false);

        await CompareAsync(context, loaded, cancellationToken).ConfigureAwait(false);
        await context.RecordAsync("loaded", loaded, cancellationToken).ConfigureAwait(false);
    }

    /// <summary>A database that was swapped in does not carry this name any more, so nothing that was ever live is dropped here.</summary>
    public override Task UndoAsync(StepContext context, CancellationToken cancellationToken) => Database.DropAsync(Name(context), cancellationToken);

    private string Name(StepContext context) => AsideNames.Database(Database.Name, "upgradeops", context.OperationId);

    private async Task CompareAsync(StepContext context, string loaded, CancellationToken cancellationToken)
    {
        var rows = await Database.CountRowsAsync(loaded, cancellationToken).ConfigureAwait(false);
        context.Tell($"Loaded {rows.Count} tables with {rows.Values.Sum()} rows into {loaded}");
        if (OptionalInput(RestoreSteps.FromBackup) is not { } backupId || parts.Rows(backupId, Input(RestoreSteps.Source)) is not { } recorded)
            return;
        if (RowComparison.Differences(recorded, rows) is not [var difference, ..])
            return;
        await Database.DropAsync(loaded, cancellationToken).ConfigureAwait(false);
        throw new AppException(ErrorIds.RestoreFailed, $"The dump was loaded into {loaded}, but there {difference}. The live database was not touched.", Database.Name);
    }
}
