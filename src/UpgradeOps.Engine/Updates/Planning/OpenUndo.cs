using UpgradeOps.Engine.Operations;
using UpgradeOps.Engine.Updates.Journal;
using UpgradeOps.Engine.Updates.Running;

namespace UpgradeOps.Engine.Updates.Planning;

/// <summary>What a person who takes back an operation that is still open has to be asked about its data.</summary>
internal sealed class OpenUndo(AppRooms rooms, OperationRecord record)
{
    /// <returns>Null when its plan, the tracker or an earlier choice has decided already.</returns>
    public async Task<DataAnswer?> AskAsync(UndoOptions options, CancellationToken cancellationToken)
    {
        if (!AsksAboutData(record.Plan.Kind) || record.IsKeeping || record.DataChoice is not null || !await MovedAsync(cancellationToken).ConfigureAwait(false))
            return null;
        var declared = record.Plan.OnFailureData;
        var wanted = options.Data is DataPolicy.Keep or DataPolicy.Restore ? options.Data : null;
        if (declared != DataPolicy.Stop && (wanted is null || wanted == declared) && !(declared == DataPolicy.Restore && record.BackupBefore is null))
            return null;
        var what = record.Plan.Kind == OperationKind.Update ? $"The database was migrated by {record.Plan.To.Version ?? "the new version"}" : "The database's schema was changed by the operation";
        var why = $"{what}{(record.Failure is { } failure ? $", which failed: {failure.Message}" : ".")}";
        return await new DataQuestion(rooms).AskAsync(why, record.BackupBefore, options, cancellationToken).ConfigureAwait(false);
    }

    /// <summary>The operation's own plan, whose steps are taken back, with what is to be said about the data.</summary>
    public async Task<UpdatePlan> PlanAsync(UndoOptions options, CancellationToken cancellationToken) =>
        await AskAsync(options, cancellationToken).ConfigureAwait(false) is { } answer
            ? record.Plan with { Findings = answer.Findings, DataSince = answer.Tables }
            : record.Plan with { Findings = [] };

    private static bool AsksAboutData(OperationKind kind) => kind is OperationKind.Update or OperationKind.Migration or OperationKind.MigrationUndo;

    private async Task<bool> MovedAsync(CancellationToken cancellationToken)
    {
        try
        {
            return await DataRule.MovedAsync(rooms, record, cancellationToken).ConfigureAwait(false);
        }
        catch (AppException)
        {
            // A database that cannot even be looked at may well be why somebody goes back.
            return true;
        }
    }
}
