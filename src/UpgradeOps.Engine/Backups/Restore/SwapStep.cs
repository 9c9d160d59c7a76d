using UpgradeOps.Engine.Databases;
using UpgradeOps.Engine.Json;
using UpgradeOps.Engine.Steps;

namespace UpgradeOps.Engine.Backups.Restore;

/// <summary>
/// Puts the loaded database in the live one's place, which keeps its data under another name. Taking it back gives the database that
/// was live meanwhile a third name: somebody may have written to it.
/// </summary>
internal sealed class SwapStep(PlannedStep planned, RestoreParts parts) : Step(planned)
{
    private IDatabase Database => parts.Database(Input(RestoreSteps.Target));

    public override async Task<StepState> ObserveAsync(StepContext context, CancellationToken cancellationToken)
    {
        var done = await ExistsAsync("aside", context, cancellationToken).ConfigureAwait(false)
            && await Database.ExistsAsync(Database.Name, cancellationToken).ConfigureAwait(false)
            && !await ExistsAsync("upgradeops", context, cancellationToken).ConfigureAwait(false);
        if (!done)
            return StepState.NotDone;
        await RecordKeptAsync(context, Name("aside", context), cancellationToken).ConfigureAwait(false);
        return StepState.Done;
    }

    public override async Task DoAsync(StepContext context, CancellationToken cancellationToken)
    {
        var aside = Name("aside", context);
        await context.RecordAsync("aside", aside, cancellationToken).ConfigureAwait(false);
        await Database.SwapAsync(Name("upgradeops", context), aside, cancellationToken).ConfigureAwait(false);
        await RecordKeptAsync(context, aside, cancellationToken).ConfigureAwait(false);
    }

    public override async Task UndoAsync(StepContext context, CancellationToken cancellationToken)
    {
        var (aside, undone) = (Name("aside", context), Name("undone", context));
        var keptAside = await ExistsAsync("aside", context, cancellationToken).ConfigureAwait(false);
        if (await ExistsAsync("upgradeops", context, cancellationToken).ConfigureAwait(false))
        {
            // It never came to be live as a whole: it gets its own name back, and the step that loaded it drops it.
            if (keptAside)
                await Database.SwapBackAsync(Name("upgradeops", context), aside, cancellationToken).ConfigureAwait(false);
        }
        else if (keptAside || await ExistsAsync("undone", context, cancellationToken).ConfigureAwait(false))
        {
            await Database.SwapBackAsync(undone, aside, cancellationToken).ConfigureAwait(false);
        }

        if (await ExistsAsync("undone", context, cancellationToken).ConfigureAwait(false))
            await RecordKeptAsync(context, undone, cancellationToken).ConfigureAwait(false);
        else
            await context.RecordAsync(RestoreSteps.KeptAsideOutput, "[]", cancellationToken).ConfigureAwait(false);
    }

    private string Name(string role, StepContext context) => AsideNames.Database(Database.Name, role, context.OperationId);

    private Task<bool> ExistsAsync(string role, StepContext context, CancellationToken cancellationToken) =>
        Database.ExistsAsync(Name(role, context), cancellationToken);

    private Task RecordKeptAsync(StepContext context, string name, CancellationToken cancellationToken) =>
        context.RecordAsync(RestoreSteps.KeptAsideOutput, EngineJson.Write<string[]>([$"database {name}"]), cancellationToken);
}
