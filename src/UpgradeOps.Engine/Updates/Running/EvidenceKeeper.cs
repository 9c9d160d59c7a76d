using System.Text;
using UpgradeOps.Engine.Json;
using UpgradeOps.Engine.Migrations.Back;
using UpgradeOps.Engine.Migrations.Run;
using UpgradeOps.Engine.Operations;
using UpgradeOps.Engine.Platforms;
using UpgradeOps.Engine.State;
using UpgradeOps.Engine.Updates.Journal;

namespace UpgradeOps.Engine.Updates.Running;

/// <summary>Keeps what tells why a version failed, before the way back destroys it.</summary>
internal sealed class EvidenceKeeper(AppRooms rooms, ILease lease)
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(20);

    public async Task<Evidence> CaptureAsync(OperationRecord record, PlannedStep failed, AppError error)
    {
        using var patience = new CancellationTokenSource(Patience, rooms.Options.Time);
        var files = new Dictionary<string, byte[]>();
        var clean = await TryAsync(failed, () => rooms.LearnSecretsAsync(patience.Token)).ConfigureAwait(false);
        await TryAsync(failed, async () =>
        {
            foreach (var (name, bytes) in await rooms.Platform.EvidenceAsync(NewInstances(record), patience.Token).ConfigureAwait(false))
                files[name] = bytes;
        }).ConfigureAwait(false);
        if (failed.Kind == MigrationSteps.Run)
            await TryAsync(failed, async () => files["migrations.log"] = await RunMigrationsStep.Job(failed, record.OperationId, rooms.Platform).OutputAsync(patience.Token).ConfigureAwait(false)).ConfigureAwait(false);
        if (MigrationSteps.Changes(failed) || (record.Plan.Steps.FirstOrDefault(s => s.StartsNew) is { } start && record.Step(start.Id).Begun))
        {
            await TryAsync(failed, async () => error = await FailureCause.FindAsync(rooms, record, error, patience.Token).ConfigureAwait(false)).ConfigureAwait(false);
            await TryAsync(failed, async () =>
            {
                if (await rooms.Schema.ReadAsync(patience.Token).ConfigureAwait(false) is { } schema)
                    files["migrations.json"] = Text(schema);
            }).ConfigureAwait(false);
        }

        files["failure.json"] = Text(new { step = failed.Id, error });
        var kept = new List<string>();
        await TryAsync(failed, async () =>
        {
            // What may hold a secret that nobody knows goes into no file.
            foreach (var (name, bytes) in clean ? files : [])
                kept.Add(await rooms.State.KeepFileAsync(lease, record.OperationId, $"evidence-{name}", rooms.Redaction.Clean(bytes), CancellationToken.None).ConfigureAwait(false));
        }).ConfigureAwait(false);
        return new Evidence(error, kept);
    }

    private async Task<bool> TryAsync(PlannedStep failed, Func<Task> gather)
    {
        try
        {
            await gather().ConfigureAwait(false);
            return true;
        }
        catch (Exception e) when (e is AppException or OperationCanceledException or IOException or HttpRequestException)
        {
            rooms.Options.Progress.Report(new(Progress.ProgressKind.Warning, failed.Id, $"The evidence is incomplete: {e.Message}"));
            return false;
        }
    }

    private static byte[] Text<T>(T value) => Encoding.UTF8.GetBytes(EngineJson.Write(value, indented: true));

    private static List<string> NewInstances(OperationRecord record) => record.Plan.Steps
        .Select(s => record.Step(s.Id).Outputs.GetValueOrDefault(PlatformOutputs.NewInstances))
        .OfType<string>()
        .SelectMany(v => JournalJson.Read<List<string>>(v, record.OperationId))
        .ToList();
}
