using UpgradeOps.Engine.Json;
using UpgradeOps.Engine.Operations;
using UpgradeOps.Engine.Platforms;
using UpgradeOps.Engine.Updates.Journal;

namespace UpgradeOps.Engine.Updates.Planning;

/// <summary>Makes the plan to return to what ran before a kept update, from what its journal recorded and nothing else: no registry is asked.</summary>
internal sealed class UndoPlanner(AppRooms rooms)
{
    public async Task<UpdatePlan> PlanAsync(UndoOptions options, CancellationToken cancellationToken)
    {
        var kept = await FindAsync(options, cancellationToken).ConfigureAwait(false);
        var before = kept.Plan.From;
        if (before.Artifact is null)
        {
            throw new AppException(ErrorIds.NothingToUndo, $"Operation {kept.OperationId} recorded nothing that ran before it.", rooms.Definition.Name);
        }

        var current = await rooms.Platform.InspectAsync(cancellationToken).ConfigureAwait(false);
        var schema = await rooms.Schema.ReadAsync(cancellationToken).ConfigureAwait(false);
        var target = new PlatformTarget
        {
            Release = Endpoints.AsRelease(before, rooms.Definition.Name),
            RecordedArtifact = before.Artifact,
            RecordedFiles = await FilesAsync(kept, cancellationToken).ConfigureAwait(false),
            RecordedSteps = kept.Plan.Steps,
            RecordedSince = await OperationIndex.KeptSinceAsync(rooms.State, kept, cancellationToken).ConfigureAwait(false),
        };

        var migrated = before.SchemaFingerprint is not null && before.SchemaFingerprint != schema?.Fingerprint;
        var backupId = kept.BackupBefore;
        var answer = migrated
            ? await new DataQuestion(rooms).AskAsync(Why(kept, schema), backupId, options, cancellationToken).ConfigureAwait(false)
            : new DataAnswer(DataPolicy.Keep, [], []);
        var putBack = migrated ? await RestoreStepsAsync(answer.Data, backupId, cancellationToken).ConfigureAwait(false) : [];
        var restore = putBack.Count > 0;
        var findings = (await rooms.Platform.CheckAsync(current, target, cancellationToken).ConfigureAwait(false)).ToList();
        findings.AddRange(answer.Findings);

        // Before anything that was migrated is put back, the present state gets a backup of its own.
        var from = Endpoints.Of(current, null, schema);
        var backup = migrated && rooms.Backups.Declared ? BackupSteps.Plan(quiesced: restore, from) : [];
        var steps = StepOrder.Arrange(
            await rooms.Platform.PlanAsync(current, target, cancellationToken).ConfigureAwait(false),
            backup,
            rooms.Health.Plan(before.Version),
            restore ? DataPolicy.Restore : DataPolicy.Keep);
        if (restore)
        {
            steps = StepOrder.InsertBeforeStart(steps, putBack);
        }

        return PlanHash.Seal(new UpdatePlan
        {
            Name = rooms.Definition.Name,
            Kind = OperationKind.Undo,
            From = from,
            To = before with { ConfigHashes = new Dictionary<string, string>(), Channel = null },
            Steps = steps,
            Undoes = kept.OperationId,
            OnFailureData = DataPolicy.Keep,
            Findings = findings.OrderByDescending(f => f.Severity).ToList(),
            DataSince = answer.Tables,
            ExpectedOutageSeconds = await PastOutages.TypicalAsync(rooms.State, cancellationToken).ConfigureAwait(false),
            CreatedAt = rooms.Options.Time.GetUtcNow(),
        });
    }

    /// <summary>Also while it still asks: what is shown then is what would be done.</summary>
    private async Task<IReadOnlyList<PlannedStep>> RestoreStepsAsync(DataPolicy? data, string? backupId, CancellationToken cancellationToken)
    {
        if (backupId is null || data == DataPolicy.Keep)
            return [];
        try
        {
            return await rooms.Backups.PlanRestoreAsync(backupId, null, cancellationToken).ConfigureAwait(false);
        }
        catch (AppException) when (data is null)
        {
            return [];
        }
    }

    private async Task<OperationRecord> FindAsync(UndoOptions options, CancellationToken cancellationToken)
    {
        var record = options.OperationId is { } id
            ? await OperationIndex.GetAsync(rooms.State, id, cancellationToken).ConfigureAwait(false)
            : await OperationIndex.FindUndoableAsync(rooms.State, cancellationToken).ConfigureAwait(false);
        return record is { Outcome.Status: UpdateStatus.Kept }
            ? record
            : throw new AppException(ErrorIds.NothingToUndo, $"No kept update of {rooms.Definition.Name} is left to take back.", rooms.Definition.Name);
    }

    private async Task<IReadOnlyDictionary<string, byte[]>> FilesAsync(OperationRecord kept, CancellationToken cancellationToken)
    {
        var files = new Dictionary<string, byte[]>();
        foreach (var (path, name) in kept.Start.ConfigFiles)
        {
            files[path] = await rooms.State.ReadFileAsync(kept.OperationId, name, cancellationToken).ConfigureAwait(false)
                ?? throw new AppException(ErrorIds.StateDamaged, $"The copy of {path} that operation {kept.OperationId} kept is gone.", path);
        }

        return files;
    }

    private static string Why(OperationRecord kept, SchemaState? now)
    {
        var newest = now?.Migrations.LastOrDefault(m => m.State == MigrationState.Applied) is { } last ? $" (newest: {last.Title ?? last.Version})" : "";
        return $"The database was migrated since {kept.Plan.From.Version ?? "the old version"} ran{newest}.";
    }
}
