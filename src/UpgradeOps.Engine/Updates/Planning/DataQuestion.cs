using UpgradeOps.Engine.Backups.Restore;
using UpgradeOps.Engine.Operations;
using UpgradeOps.Engine.Updates.Running;

namespace UpgradeOps.Engine.Updates.Planning;

/// <summary>
/// What a person has to know and say before a version goes back over a database that was migrated: which rows would leave the live data,
/// where they would go, and the exact commands of each choice.
/// </summary>
internal sealed class DataQuestion(AppRooms rooms)
{
    /// <param name="why">What happened to the database.</param>
    /// <param name="backupId">The one from before; null when there is none.</param>
    public async Task<DataAnswer> AskAsync(string why, string? backupId, UndoOptions options, CancellationToken cancellationToken)
    {
        var choice = Choice(options);
        if (choice == DataPolicy.Restore && backupId is null)
            return new DataAnswer(choice, [Blocker(ErrorIds.BackupNotFound, $"{why} No backup was made before it, so the data cannot be restored.", KeepCommand(options))], []);

        var impact = backupId is null ? RestoreImpact.None : await DescribeAsync(backupId, cancellationToken).ConfigureAwait(false);
        return choice switch
        {
            DataPolicy.Keep => new DataAnswer(choice, [Kept(why)], impact.Tables),
            DataPolicy.Restore when options.Force => new DataAnswer(choice, impact.Findings, impact.Tables),
            DataPolicy.Restore => new DataAnswer(
                choice,
                [
                    Blocker(
                        ErrorIds.RestoreNeedsConsent,
                        $"{why} Going back restores backup {backupId}: {impact.Text} What is live now gets a backup of its own first, and is kept under another name.",
                        RestoreCommand(options)),
                    .. impact.Findings,
                ],
                impact.Tables),
            _ => new DataAnswer(
                null,
                [
                    Blocker(
                        ErrorIds.DataNeedsChoice,
                        $"{why} {(backupId is null ? "There is no backup from before." : impact.Text)}",
                        backupId is null ? KeepCommand(options) : $"{RestoreCommand(options)}   (restores the backup; what is live now is kept aside), or {KeepCommand(options)}   (the data stays as it is)"),
                    .. impact.Findings,
                ],
                impact.Tables),
        };
    }

    /// <summary>Said yes to everything, a person means what going back meant before: version and data.</summary>
    public static DataPolicy? Choice(UndoOptions options) => options.Data switch
    {
        DataPolicy.Keep or DataPolicy.Restore => options.Data,
        _ => options.Force ? DataPolicy.Restore : null,
    };

    private async Task<RestoreImpact> DescribeAsync(string backupId, CancellationToken cancellationToken)
    {
        try
        {
            return await rooms.Backups.DescribeRestoreAsync(backupId, cancellationToken).ConfigureAwait(false);
        }
        catch (AppException e)
        {
            return new RestoreImpact([Finding(FindingSeverity.Warning, e.ErrorId, $"What restoring backup {backupId} would mean cannot be told: {e.Message}", e.Error.RecommendedAction)], []);
        }
    }

    private Finding Kept(string why) => Finding(
        FindingSeverity.Warning, ErrorIds.DataNeedsChoice, $"{why} The data stays as it is: no row is lost, but the old version meets a newer schema.", null);

    private Finding Blocker(string errorId, string message, string action) => Finding(FindingSeverity.Blocker, errorId, message, action);

    private string RestoreCommand(UndoOptions options) => Commands.UndoRestoring(rooms.Definition.Name, options.OperationId);

    private string KeepCommand(UndoOptions options) => Commands.UndoKeeping(rooms.Definition.Name, options.OperationId);

    private Finding Finding(FindingSeverity severity, string errorId, string message, string? action) => new()
    {
        Severity = severity,
        ErrorId = errorId,
        Target = rooms.Definition.Name,
        Message = message,
        RecommendedAction = action,
    };
}

/// <param name="Data">Null when a person must choose first.</param>
internal sealed record DataAnswer(DataPolicy? Data, IReadOnlyList<Finding> Findings, IReadOnlyList<TableChange> Tables);
