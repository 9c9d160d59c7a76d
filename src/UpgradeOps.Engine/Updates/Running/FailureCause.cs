using UpgradeOps.Engine.Migrations.Diagnosis;
using UpgradeOps.Engine.Operations;
using UpgradeOps.Engine.Platforms;
using UpgradeOps.Engine.Updates.Journal;

namespace UpgradeOps.Engine.Updates.Running;

/// <summary>Looks behind a failure that is only seen from outside: a version that does not come up may have failed in its migrations.</summary>
internal static class FailureCause
{
    private static readonly string[] SeenFromOutside =
        [ErrorIds.InstanceExited, ErrorIds.ServiceStartFailed, ErrorIds.NotHealthy, ErrorIds.WrongInstance];

    /// <returns>The error that tells the cause, or the one that was given when nothing more is known.</returns>
    public static async Task<AppError> FindAsync(AppRooms rooms, OperationRecord record, AppError error, CancellationToken cancellationToken)
    {
        var start = record.Plan.Steps.FirstOrDefault(s => s.StartsNew);
        if (start is null || !record.Step(start.Id).Begun || !SeenFromOutside.Contains(error.ErrorId))
            return error;

        var names = await NamesAsync(rooms, record, error, cancellationToken).ConfigureAwait(false);
        var fault = await new MigrationDiagnosis(rooms.Migrations, rooms.Schema, rooms.Platform)
            .FindAsync(names, record.Plan.From.SchemaFingerprint, record.Plan.To.Version, cancellationToken).ConfigureAwait(false);
        return fault is null ? error : new AppError
        {
            ErrorId = ErrorIds.MigrationFailed,
            Message = $"{fault.Named} of {record.Plan.Name} {record.Plan.To.Version} failed: {fault.Said}. Seen from outside: {error.Message}",
            Target = record.Plan.Name,
            RecommendedAction = ErrorCatalogue.Find(ErrorIds.MigrationFailed)?.DefaultAction,
        };
    }

    /// <summary>The new instances, and the one that the error names: a job that migrates is not among those that must answer.</summary>
    private static async Task<IReadOnlyCollection<string>> NamesAsync(AppRooms rooms, OperationRecord record, AppError error, CancellationToken cancellationToken)
    {
        var ids = record.Plan.Steps
            .Select(s => record.Step(s.Id).Outputs.GetValueOrDefault(PlatformOutputs.NewInstances))
            .OfType<string>()
            .SelectMany(v => JournalJson.Read<List<string>>(v, record.OperationId))
            .ToHashSet();
        var instances = await rooms.Platform.InstancesAsync(cancellationToken).ConfigureAwait(false);
        return instances.Where(i => ids.Contains(i.Id) || i.DisplayName == error.Target).Select(i => i.DisplayName).ToHashSet();
    }
}
