using UpgradeOps.Engine.Json;
using UpgradeOps.Engine.Migrations.Back;
using UpgradeOps.Engine.Operations;
using UpgradeOps.Engine.Progress;
using UpgradeOps.Engine.State;
using UpgradeOps.Engine.Updates.Journal;
using UpgradeOps.Engine.Updates.Rehearsing;
using UpgradeOps.Engine.Updates.Steps;

namespace UpgradeOps.Engine.Updates.Running;

/// <summary>One operation on one application, under a lease: begun or gone on with, run, taken back.</summary>
internal sealed class Transaction
{
    private readonly AppRooms _rooms;
    private readonly ILease _lease;
    private readonly OperationLog _log;
    private readonly bool _resumed;

    private Transaction(AppRooms rooms, ILease lease, OperationLog log, bool resumed)
    {
        _rooms = rooms;
        _lease = lease;
        _log = log;
        _resumed = resumed;
    }

    public OperationRecord Record => _log.Record;

    /// <summary>Writes down the plan, the definition and every configuration file as it is now. Nothing else was touched when this returns.</summary>
    /// <param name="forced">A person said yes to what only force allows.</param>
    /// <param name="data">What a person said about the data.</param>
    public static async Task<Transaction> BeginAsync(
        AppRooms rooms, ILease lease, UpdatePlan plan, CancellationToken cancellationToken, bool forced = false, DataPolicy? data = null)
    {
        var earlier = await rooms.State.ListOperationsAsync(cancellationToken).ConfigureAwait(false);
        var id = OperationId.New(rooms.Options.Time, earlier.Count > 0 ? earlier[^1] : null);
        var start = new OperationStart
        {
            Plan = plan,
            Definition = rooms.Definition,
            By = $"{lease.Info.User}@{lease.Info.Machine}",
            Actor = Acting.Now(lease, rooms.Options),
            Forced = forced,
            Data = data,
            ConfigFiles = await KeepConfigurationAsync(rooms, lease, id, plan.From.ConfigHashes.Keys, cancellationToken).ConfigureAwait(false),
        };
        var log = await OperationLog.BeginAsync(rooms.State, lease, id, start, rooms.Options.Time, cancellationToken).ConfigureAwait(false);
        return new Transaction(rooms, lease, log, resumed: false);
    }

    public static async Task<Transaction> ContinueAsync(AppRooms rooms, ILease lease, string operationId, CancellationToken cancellationToken)
    {
        var log = await OperationLog.ContinueAsync(rooms.State, lease, operationId, rooms.Options.Time, cancellationToken).ConfigureAwait(false);
        return new Transaction(rooms, lease, log, resumed: true);
    }

    /// <summary>Notes for the history that somebody goes on with it.</summary>
    /// <param name="what"><c>resume</c> or <c>undo</c>.</param>
    public Task NoteContinuationAsync(string what, bool forced)
    {
        var outputs = new Dictionary<string, string> { ["continuedBy"] = EngineJson.Write(Acting.Now(_lease, _rooms.Options)), ["what"] = what };
        if (forced)
            outputs["forced"] = "true";
        return _log.AppendAsync(JournalEvent.Effect, outputs, CancellationToken.None);
    }

    /// <summary>Ends what goes on by itself, for whoever is about to ask what is to be taken back. Nothing happens where the operation only goes forward.</summary>
    public Task HaltAsync(CancellationToken cancellationToken) =>
        Record.IsKeeping || Record is { Plan.Kind: OperationKind.Undo, IsGoingBack: false } ? Task.CompletedTask : Runner(repeatUncertain: false).HaltAsync(cancellationToken);

    public Task<UpdateResult> RunAsync(bool repeatUncertain, CancellationToken stop) => ReportAsync(repeatUncertain, runner => runner.RunAsync(repeatUncertain, stop));

    /// <summary>
    /// Takes everything back; unless the old version's remains are being cleared away already: then only forward leads to a known state,
    /// and the result is <see cref="UpdateStatus.Kept"/>.
    /// </summary>
    /// <param name="data">A person's choice, which then counts for every later resume too; null to decide by plan and schema.</param>
    public async Task<UpdateResult> GoBackAsync(DataPolicy? data, CancellationToken stop)
    {
        if (Record.IsKeeping)
        {
            return await RunAsync(repeatUncertain: false, stop).ConfigureAwait(false);
        }

        if (data is { } choice && Record.DataChoice is null)
        {
            await _log.AppendAsync(JournalEvent.Effect, new Dictionary<string, string> { ["data"] = choice.ToString() }, stop).ConfigureAwait(false);
        }

        return await ReportAsync(repeatUncertain: false, runner => runner.GoBackAsync(stop)).ConfigureAwait(false);
    }

    private async Task<UpdateResult> ReportAsync(bool repeatUncertain, Func<OperationRunner, Task<OperationOutcome>> run)
    {
        var time = _rooms.Options.Time;
        _rooms.Options.Progress.Report(new ProgressEvent(ProgressKind.OperationStarted, null, Record.OperationId) { Plan = Record.Plan, At = time.GetUtcNow() });
        var runner = Runner(repeatUncertain);
        try
        {
            await run(runner).ConfigureAwait(false);
            if (Record is { Plan.Kind: OperationKind.Update, Outcome.Status: UpdateStatus.Kept })
                await Expiry.ApplyAsync(_rooms, CancellationToken.None).ConfigureAwait(false);
        }
        catch (AppException e) when (e.ErrorId == ErrorIds.DiskTooFull || (RunFaults.EndTheRun(e) && e.ErrorId != ErrorIds.LockLost))
        {
            // The journal has no word of this: it could not be written. It still says how far things went.
            return Results.Of(Record, _resumed) with { Status = UpdateStatus.Interrupted, Error = e.Error, Next = Commands.Resume(Record.Plan.Name) };
        }

        return Results.Of(Record, _resumed);
    }

    private OperationRunner Runner(bool repeatUncertain)
    {
        var apps = new AppSteps(_rooms.Platform);
        var catalogue = new StepCatalogue(
        [
            _rooms.Platform, _rooms.Generate, _rooms.Backups, _rooms.Health, apps, new DataSteps(_rooms.Backups, apps, () => Record, repeatUncertain),
            new MigrationSteps(_rooms.Migrations, _rooms.Schema, _rooms.Platform, _rooms.CleanAsync),
            new RehearsalSteps(_rooms),
        ]);
        return new OperationRunner(_log, catalogue, _rooms.State, new FailurePolicy(_rooms, _lease), _rooms.Options.Progress, _rooms.Options.Time);
    }

    private static async Task<IReadOnlyDictionary<string, string>> KeepConfigurationAsync(
        AppRooms rooms, ILease lease, string operationId, IEnumerable<string> paths, CancellationToken cancellationToken)
    {
        var kept = new Dictionary<string, string>();
        foreach (var path in paths)
        {
            if (await rooms.Host.Files.ReadAsync(path, cancellationToken).ConfigureAwait(false) is { } bytes)
            {
                var name = $"config-{kept.Count + 1}-{Path.GetFileName(path)}";
                await rooms.State.KeepFileAsync(lease, operationId, name, bytes, cancellationToken).ConfigureAwait(false);
                kept[path] = name;
            }
        }

        return kept;
    }
}
