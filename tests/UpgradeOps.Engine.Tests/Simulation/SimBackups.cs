using UpgradeOps.Engine.Backups;
using UpgradeOps.Engine.Backups.Restore;
using UpgradeOps.Engine.Steps;

namespace UpgradeOps.Engine.Tests.Simulation;

/// <summary>Backups of the simulated database: copies, restored by load and swap.</summary>
internal sealed class SimBackups(SimWorld world) : IBackups
{
    public string Prefix => "backup";

    public bool Declared => true;

    public Task<IReadOnlyList<Finding>> CheckAsync(CancellationToken cancellationToken) => Task.FromResult<IReadOnlyList<Finding>>([]);

    public Task<Backup> CreateAsync(BackupRequest request, CancellationToken cancellationToken) => throw new NotSupportedException();

    public CopyTime Copies => CopyTime.Never;

    public Task<IReadOnlyList<Finding>> UploadAsync(string backupId, bool others, Action<string, long, long?> progress, CancellationToken cancellationToken) => throw new NotSupportedException();

    public Task FetchAsync(string backupId, Action<string, long, long?> progress, CancellationToken cancellationToken) => throw new NotSupportedException();

    public Task<BackupListing> ListAsync(bool everywhere, CancellationToken cancellationToken) => throw new NotSupportedException();

    public Task<Backup> GetAsync(string backupId, CancellationToken cancellationToken) => throw new NotSupportedException();

    public Task RemoveAsync(string backupId, CancellationToken cancellationToken) => throw new NotSupportedException();

    public Task<Backup> ProveAsync(string backupId, ProofLevel level, CancellationToken cancellationToken, Action<string, long, long?>? progress = null) => throw new NotSupportedException();

    public Task<RestoreImpact> DescribeRestoreAsync(string backupId, CancellationToken cancellationToken)
    {
        var newer = world.Databases["live"].Rows.Count - world.Backups[backupId].Rows.Count;
        return Task.FromResult(new RestoreImpact(
            [
                new Finding
                {
                    Severity = FindingSeverity.Warning,
                    ErrorId = ErrorIds.RestoreNeedsConsent,
                    Target = "sim",
                    Message = $"{newer} rows are newer than the backup.",
                },
            ],
            [new TableChange { Database = "live", Table = "rows", NewerRows = newer }]));
    }

    public Task<IReadOnlyList<PlannedStep>> PlanRestoreAsync(string backupId, string? source, CancellationToken cancellationToken) =>
        Task.FromResult<IReadOnlyList<PlannedStep>>(
        [
            Make("backup.load", backupId),
            Make("backup.swap", backupId),
        ]);

    public Task<IReadOnlyList<PlannedStep>> PlanRestoreFileAsync(string path, string? database, CancellationToken cancellationToken) =>
        throw new NotSupportedException();

    public IStep Create(PlannedStep planned) => planned.Kind switch
    {
        "backup.create" => new SimBackup(planned, world),
        "backup.prove" => new SimProve(planned),
        "backup.load" => new SimLoad(planned, world),
        "backup.swap" => new SimSwap(planned, world),
        _ => throw new AppException(ErrorIds.PlanDamaged, planned.Kind),
    };

    private static PlannedStep Make(string kind, string backupId) => new()
    {
        Id = "",
        Kind = kind,
        Phase = StepPhase.Switch,
        Description = kind,
        Reversibility = Reversibility.Reversible,
        Repeatable = Repeatability.Observable,
        Inputs = new Dictionary<string, string> { ["backupId"] = backupId },
    };

    private sealed class SimBackup(PlannedStep planned, SimWorld world) : Step(planned)
    {
        public override async Task DoAsync(StepContext context, CancellationToken cancellationToken)
        {
            // As the real ones: a second backup of an operation is another one.
            var number = context.StepId[(context.StepId.LastIndexOf('#') + 1)..];
            var id = context.OperationId + (number == "1" ? "" : $"-{number}");
            world.Effect("backup", () => world.Backups[id] = world.Databases["live"].Copy());
            await context.RecordAsync("backupId", id, cancellationToken);
        }
    }

    private sealed class SimProve(PlannedStep planned) : Step(planned)
    {
        public override Task DoAsync(StepContext context, CancellationToken cancellationToken) => Task.CompletedTask;
    }

    private sealed class SimLoad(PlannedStep planned, SimWorld world) : Step(planned)
    {
        public override Task<StepState> ObserveAsync(StepContext context, CancellationToken cancellationToken) =>
            Task.FromResult(context.Outputs.ContainsKey("loaded") ? StepState.Done : StepState.NotDone);

        public override async Task DoAsync(StepContext context, CancellationToken cancellationToken)
        {
            world.Effect("load", () => world.Databases[$"loaded-{context.OperationId}"] = world.Backups[Input("backupId")].Copy());
            await context.RecordAsync("loaded", "true", cancellationToken);
        }

        public override Task UndoAsync(StepContext context, CancellationToken cancellationToken)
        {
            world.Effect("drop loaded", () => world.Databases.Remove($"loaded-{context.OperationId}"));
            return Task.CompletedTask;
        }
    }

    private sealed class SimSwap(PlannedStep planned, SimWorld world) : Step(planned)
    {
        public override Task<StepState> ObserveAsync(StepContext context, CancellationToken cancellationToken) =>
            Task.FromResult(world.Databases.ContainsKey(Aside(context)) && world.Databases.ContainsKey("live") ? StepState.Done : StepState.NotDone);

        public override async Task DoAsync(StepContext context, CancellationToken cancellationToken)
        {
            await context.RecordAsync("keptAside", Aside(context), cancellationToken);
            Move("live", Aside(context));
            Move($"loaded-{context.OperationId}", "live");
        }

        public override Task UndoAsync(StepContext context, CancellationToken cancellationToken)
        {
            if (world.Databases.ContainsKey(Aside(context)))
            {
                Move("live", $"loaded-{context.OperationId}");
                Move(Aside(context), "live");
            }

            return Task.CompletedTask;
        }

        private static string Aside(StepContext context) => $"aside-{context.OperationId}";

        // Two renames with a crash possible between: each looks which names exist.
        private void Move(string from, string to)
        {
            if (world.Databases.ContainsKey(from) && !world.Databases.ContainsKey(to))
            {
                world.Effect($"rename {from} to {to}", () =>
                {
                    world.Databases[to] = world.Databases[from];
                    world.Databases.Remove(from);
                });
            }
        }
    }
}
