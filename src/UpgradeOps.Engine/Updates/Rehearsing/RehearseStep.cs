using UpgradeOps.Engine.Json;
using UpgradeOps.Engine.Operations;
using UpgradeOps.Engine.Progress;
using UpgradeOps.Engine.Steps;
using UpgradeOps.Engine.Updates.Journal;

namespace UpgradeOps.Engine.Updates.Rehearsing;

/// <summary>
/// Loads the backup that the operation made into scratch databases and runs the update there: the very transaction that the real one is,
/// of an application like the live one. Whatever becomes of it is what is recorded; in the end nothing of it is left. Repeated after a kill,
/// it begins by removing what there is; undone, it does that alone.
/// </summary>
internal sealed class RehearseStep(PlannedStep planned, AppRooms live) : Step(planned)
{
    public override async Task DoAsync(StepContext context, CancellationToken cancellationToken)
    {
        var scratch = new ScratchApp(live, context.OperationId);
        await scratch.RefuseForeignAsync(cancellationToken).ConfigureAwait(false);
        await scratch.RemoveAsync(cancellationToken).ConfigureAwait(false);
        try
        {
            var rehearsed = await RunAsync(scratch, context, cancellationToken).ConfigureAwait(false);
            cancellationToken.ThrowIfCancellationRequested();
            await context.RecordAsync(RehearsalSteps.Outcome, EngineJson.Write(rehearsed), cancellationToken).ConfigureAwait(false);
        }
        finally
        {
            context.Tell("Removing the copy");
            await scratch.RemoveAsync(CancellationToken.None).ConfigureAwait(false);
        }
    }

    public override Task UndoAsync(StepContext context, CancellationToken cancellationToken) =>
        new ScratchApp(live, context.OperationId).RemoveAsync(cancellationToken);

    private async Task<Rehearsed> RunAsync(ScratchApp scratch, StepContext context, CancellationToken cancellationToken)
    {
        var schema = await live.Schema.ReadAsync(cancellationToken).ConfigureAwait(false);
        var began = context.Time.GetTimestamp();
        var before = new Dictionary<string, IReadOnlyDictionary<string, long>>();
        foreach (var (id, database) in live.Databases)
        {
            var into = ScratchDefinition.Database(live.Definition, id, context.OperationId);
            context.Tell($"Restoring {id} into {into}");
            await live.Backups.LoadAsync(BackupId(context), id, into, cancellationToken).ConfigureAwait(false);
            before[id] = await database.CountRowsAsync(into, cancellationToken).ConfigureAwait(false);
        }

        var loaded = context.Time.GetElapsedTime(began).TotalSeconds;
        var findings = await scratch.PrepareAsync(context, context.OutputsOf("backup.create").GetValueOrDefault("backupId"), cancellationToken).ConfigureAwait(false);
        var port = await ScratchPort.FindAsync(live.Host, cancellationToken).ConfigureAwait(false);
        var definition = ScratchDefinition.Of(live.Definition, context.OperationId, port, out var left);
        var result = await UpdateAsync(definition, scratch, context, cancellationToken).ConfigureAwait(false);
        var tables = new List<RehearsedTable>();
        var unchanged = 0;
        foreach (var (id, database) in live.Databases)
        {
            var after = await database.CountRowsAsync(definition.Databases[id].Database, cancellationToken).ConfigureAwait(false);
            var changed = Compare(id, before[id], after);
            unchanged += after.Count - changed.Count(t => t.After is not null);
            tables.AddRange(changed);
        }

        return new Rehearsed
        {
            Result = result,
            LoadSeconds = Math.Round(loaded, 3),
            Changed = tables,
            UnchangedTables = unchanged,
            Left = left,
            Findings = findings,
            LiveMoved = schema?.Fingerprint != (await live.Schema.ReadAsync(cancellationToken).ConfigureAwait(false))?.Fingerprint,
        };
    }

    private async Task<UpdateResult> UpdateAsync(Apps.Definition.AppDefinition definition, ScratchApp scratch, StepContext context, CancellationToken cancellationToken)
    {
        var rooms = live.Beside(definition, new Relay(context), scratch.State);
        await using (rooms.ConfigureAwait(false))
        {
            var result = await UpdateApp.RunAsync(
                rooms, "rehearse", new UpdateOptions { Name = definition.Name, Version = Input(RehearsalSteps.Version) }, cancellationToken).ConfigureAwait(false);
            if (await LostAsync(rooms, result, cancellationToken).ConfigureAwait(false) is { } lost)
                throw new AppException(lost with { Message = $"The update of the copy did not come to its end: {lost.Message}", RecommendedAction = "Rehearse again." });
            foreach (var path in result.Evidence.Where(File.Exists))
                await context.KeepAsync(Path.GetFileName(path), await File.ReadAllBytesAsync(path, cancellationToken).ConfigureAwait(false), cancellationToken).ConfigureAwait(false);
            return result with { Evidence = [] };
        }
    }

    /// <summary>A copy whose host, or engine, went away says nothing of the version.</summary>
    private static async Task<AppError?> LostAsync(AppRooms rooms, UpdateResult result, CancellationToken cancellationToken)
    {
        var record = result is { Status: not UpdateStatus.Kept, OperationId: { } id } ? await OperationIndex.ReadAsync(rooms.State, id, cancellationToken).ConfigureAwait(false) : null;
        // The way back may have failed by it too, and says so in other words. A host that stayed away has left no word in the journal.
        return (record?.Failure ?? result.Error) is { ErrorId: ErrorIds.HostConnectionLost or ErrorIds.HostUnreachable or ErrorIds.EngineUnreachable } lost ? lost : null;
    }

    private static List<RehearsedTable> Compare(string id, IReadOnlyDictionary<string, long> before, IReadOnlyDictionary<string, long> after) =>
    [
        .. before.Keys.Union(after.Keys).Order(StringComparer.Ordinal)
            .Select(t => new RehearsedTable
            {
                Database = id,
                Table = t,
                Before = before.TryGetValue(t, out var then) ? then : null,
                After = after.TryGetValue(t, out var now) ? now : null,
            })
            .Where(t => t.Before != t.After),
    ];

    private string BackupId(StepContext context) => context.OutputsOf("backup.create").GetValueOrDefault("backupId")
        ?? throw new AppException(ErrorIds.BackupNotFound, $"Operation {context.OperationId} made no backup that could be restored.", live.Definition.Name);

    /// <summary>The copy's own steps, as what goes on in this one.</summary>
    private sealed class Relay(StepContext context) : IProgressSink
    {
        public void Report(ProgressEvent progress)
        {
            if (progress.Kind is ProgressKind.StepStarted or ProgressKind.Working or ProgressKind.Undoing or ProgressKind.Warning)
                context.Tell($"On the copy: {progress.Message}", progress.BytesDone, progress.BytesTotal);
        }
    }
}
