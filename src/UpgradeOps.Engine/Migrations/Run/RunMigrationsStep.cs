using System.Globalization;
using System.Text;
using UpgradeOps.Engine.Json;
using UpgradeOps.Engine.Migrations.Back;
using UpgradeOps.Engine.Migrations.Diagnosis;
using UpgradeOps.Engine.Migrations.Trackers;
using UpgradeOps.Engine.Platforms;
using UpgradeOps.Engine.Platforms.Jobs;
using UpgradeOps.Engine.Steps;

namespace UpgradeOps.Engine.Migrations.Run;

/// <summary>
/// Runs the declared command that applies the pending migrations. It is left on the host or in a container of its own, so that whoever goes on
/// after a crash finds it running, or how it ended, and does not run it twice. Undone, it is ended and removed; what it applied only the backup
/// brings back, and whether it does is decided with the data.
/// </summary>
internal sealed class RunMigrationsStep(PlannedStep planned, MigrationRoom room, ISchemaProbe schema, IPlatform platform, MigrationSteps.Cleaner clean) : Step(planned)
{
    /// <summary>Output: it was begun.</summary>
    private const string Started = "started";

    /// <summary>Output: it came to its end, and well.</summary>
    private const string Ended = "ended";

    /// <summary>Kept: the schema before the command ran for the first time.</summary>
    private const string SchemaBefore = "schema-before.json";

    private IReadOnlyList<string> Command => EngineJson.Read<List<string>>(Input(MigrationSteps.Command), ErrorIds.PlanDamaged, Planned.Id);

    public static IJob Job(PlannedStep planned, string operationId, IPlatform platform) => platform.OpenJob($"migrate-{operationId}", planned.Inputs);

    public override async Task<StepState> ObserveAsync(StepContext context, CancellationToken cancellationToken)
    {
        var job = Job(Planned, context.OperationId, platform);
        if (context.Outputs.ContainsKey(Ended))
        {
            await job.RemoveAsync(cancellationToken).ConfigureAwait(false);
            return StepState.Done;
        }

        var state = await job.LookAsync(cancellationToken).ConfigureAwait(false);
        var isLost = state.Phase == JobPhase.Gone || (state.Phase == JobPhase.None && context.Outputs.ContainsKey(Started));
        return isLost && !await MayRepeatAsync(cancellationToken).ConfigureAwait(false) ? StepState.Unknown : StepState.NotDone;
    }

    public override async Task DoAsync(StepContext context, CancellationToken cancellationToken)
    {
        var before = await BeforeAsync(context, cancellationToken).ConfigureAwait(false);
        var job = Job(Planned, context.OperationId, platform);
        if ((await job.LookAsync(cancellationToken).ConfigureAwait(false)).Phase is JobPhase.None or JobPhase.Gone)
        {
            await job.RemoveAsync(cancellationToken).ConfigureAwait(false);
            await job.StartAsync(Command, cancellationToken).ConfigureAwait(false);
            await context.RecordAsync(Started, "true", cancellationToken).ConfigureAwait(false);
        }

        var state = await WaitAsync(job, context, cancellationToken).ConfigureAwait(false);
        var output = await job.OutputAsync(cancellationToken).ConfigureAwait(false);
        await context.KeepAsync("output.log", await clean(output, cancellationToken).ConfigureAwait(false), cancellationToken).ConfigureAwait(false);
        if (state is not { Phase: JobPhase.Ended, ExitCode: 0 })
            throw await FailureAsync(state, output, cancellationToken).ConfigureAwait(false);

        var outputs = new Dictionary<string, string> { [Ended] = "true" };
        if (before is not null && await schema.ReadAsync(cancellationToken).ConfigureAwait(false) is { } after)
            outputs[PlatformOutputs.Findings] = EngineJson.Write(new[] { Applied(MigrationDelta.Between(before, after)) });
        await context.RecordAsync(outputs, cancellationToken).ConfigureAwait(false);
        await job.RemoveAsync(cancellationToken).ConfigureAwait(false);
    }

    public override Task UndoAsync(StepContext context, CancellationToken cancellationToken) =>
        Job(Planned, context.OperationId, platform).RemoveAsync(cancellationToken);

    /// <summary>Whether the schema moved is asked next: it must not move after that.</summary>
    public override Task HaltAsync(StepContext context, CancellationToken cancellationToken) =>
        Job(Planned, context.OperationId, platform).EndAsync(cancellationToken);

    /// <summary>Read anew after a crash, it would have what the command applied meanwhile.</summary>
    private async Task<SchemaState?> BeforeAsync(StepContext context, CancellationToken cancellationToken)
    {
        if (await context.KeptAsync(SchemaBefore, cancellationToken).ConfigureAwait(false) is { } kept)
            return EngineJson.Read<SchemaState>(Encoding.UTF8.GetString(kept), ErrorIds.PlanDamaged, SchemaBefore);
        var now = await schema.ReadAsync(cancellationToken).ConfigureAwait(false);
        if (now is not null)
            await context.KeepAsync(SchemaBefore, Encoding.UTF8.GetBytes(EngineJson.Write(now)), cancellationToken).ConfigureAwait(false);
        return now;
    }

    /// <summary>
    /// Nobody knows any more how it ended. The database may: where nothing changed, nothing was applied; and a tool that is known here leaves
    /// out what its table has. One that wrote down a failure is not asked again.
    /// </summary>
    private async Task<bool> MayRepeatAsync(CancellationToken cancellationToken)
    {
        if (OptionalInput(MigrationSteps.Before) is { } before && (await schema.ReadAsync(cancellationToken).ConfigureAwait(false))?.Fingerprint == before)
            return true;
        var tracked = await TrackedMigrations.ReadAsync(room.Declared, room.Database, cancellationToken).ConfigureAwait(false);
        return tracked.Tracker is not (null or QueryTracker or FirstColumnTracker) && !tracked.Rows.Any(r => r.Failed);
    }

    private async Task<JobState> WaitAsync(IJob job, StepContext context, CancellationToken cancellationToken)
    {
        var limit = TimeSpan.FromSeconds(double.Parse(Input(MigrationSteps.Seconds), CultureInfo.InvariantCulture));
        using var patience = new CancellationTokenSource(limit, context.Time);
        using var both = CancellationTokenSource.CreateLinkedTokenSource(patience.Token, cancellationToken);
        try
        {
            return await job.WaitAsync(both.Token).ConfigureAwait(false);
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            await job.EndAsync(cancellationToken).ConfigureAwait(false);
            throw Failed($"The migrations of {Input(MigrationSteps.Target)} failed: {Line} did not end within {limit.TotalSeconds:0.###} s and was ended");
        }
    }

    private async Task<AppException> FailureAsync(JobState state, byte[] output, CancellationToken cancellationToken)
    {
        var lines = Encoding.UTF8.GetString(output).Split('\n', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries);
        var how = state.ExitCode is { } code ? $"{Line} ended with exit code {code}" : $"{Line} was killed";
        var fault = await new MigrationDiagnosis(room, schema, platform)
            .FindInAsync(lines, OptionalInput(MigrationSteps.Before), OptionalInput(MigrationSteps.Release), cancellationToken).ConfigureAwait(false);
        return Failed(fault is not null
            ? $"{fault.Named} of {Input(MigrationSteps.Target)} failed: {fault.Said}. {how}"
            : $"The migrations of {Input(MigrationSteps.Target)} failed: {how}{(lines.Length == 0 ? "" : $": {Last(lines)}")}");
    }

    private static string Last(string[] lines) => lines[^1].Length > 500 ? lines[^1][..500] + "…" : lines[^1].TrimEnd('.');

    private string Line => $"'{string.Join(' ', Command)}'";

    private AppException Failed(string message) => new(ErrorIds.MigrationFailed, message + ".", Input(MigrationSteps.Target));

    private Finding Applied(MigrationDelta delta) => new()
    {
        Severity = FindingSeverity.Information,
        ErrorId = ErrorIds.MigrationsApplied,
        Target = Input(MigrationSteps.Target),
        Message = delta switch
        {
            { Applied.Count: > 0 } => $"Applied: {string.Join(", ", delta.Applied.Select(m => m.Title is { } title ? $"{m.Version} ({title})" : m.Version))}.",
            { SchemaChanged: true } => "The schema changed; no table tells which migrations were applied.",
            _ => "No migration was pending.",
        },
    };
}
