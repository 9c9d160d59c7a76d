namespace UpgradeOps.Engine.Tests.Json;

/// <summary>One plan, result and backup with every kind of member that matters to a reader.</summary>
internal static class Samples
{
    private static readonly DateTimeOffset Night = new(2026, 3, 1, 3, 30, 0, 250, TimeSpan.FromHours(1));

    public static UpdatePlan Plan { get; } = new()
    {
        Name = "kmp",
        From = new PlanEndpoint
        {
            Version = "v1.2.3",
            Tag = "latest",
            Source = "ghcr.io/jhandel/kmp",
            Digest = "sha256:" + new string('a', 64),
            Artifact = "sha256:" + new string('b', 64),
            ConfigHashes = new Dictionary<string, string>
            {
                ["/opt/kmp/docker-compose.yml"] = new('1', 64),
                ["/opt/kmp/.env"] = new('2', 64),
            },
            SchemaFingerprint = new string('3', 64),
        },
        To = new PlanEndpoint
        {
            Version = "v1.3.0",
            Tag = "latest",
            Source = "ghcr.io/jhandel/kmp",
            Digest = "sha256:" + new string('c', 64),
            Channel = "release",
        },
        Steps =
        [
            new PlannedStep
            {
                Id = "main/compose.pull#1",
                Kind = "compose.pull",
                Phase = StepPhase.Stage,
                Description = "Pull ghcr.io/jhandel/kmp v1.3.0",
                Reversibility = Reversibility.Additive,
                Repeatable = Repeatability.Observable,
                Interruptible = true,
                Inputs = new Dictionary<string, string> { ["image"] = "ghcr.io/jhandel/kmp@sha256:" + new string('c', 64) },
            },
            new PlannedStep
            {
                Id = "main/compose.stop#2",
                Kind = "compose.stop",
                Phase = StepPhase.Switch,
                Description = "Stop kmp-app-1; \u00ablatest\u00bb + 1.3.0",
                Reversibility = Reversibility.Reversible,
                CausesOutage = true,
            },
        ],
        ExpectedOutageSeconds = 1.75,
        OnFailureData = DataPolicy.Stop,
        Changes = "- Faster\n- Fixed \"quotes\" & <tags>",
        Findings =
        [
            new Finding
            {
                Severity = FindingSeverity.Warning,
                ErrorId = ErrorIds.NoHealthCheck,
                Target = "kmp",
                Message = "No health check is declared.",
                RecommendedAction = "Declare health: in the definition.",
            },
        ],
        CreatedAt = Night,
        Hash = new string('d', 64),
    };

    public static UpdateResult Result { get; } = new()
    {
        Name = "kmp",
        OperationId = "20260301T023000Z-0001",
        Status = UpdateStatus.Undone,
        From = "v1.2.3",
        To = "v1.3.0",
        StartedAt = Night,
        DurationSeconds = 42.5,
        OutageSeconds = 3,
        Resumed = true,
        BackupIds = ["20260301T023001Z-0001"],
        Evidence = ["/var/lib/upgradeops/kmp/operations/20260301T023000Z-0001/kmp-app-2.log"],
        Steps =
        [
            new StepResult
            {
                Id = "main/compose.pull#1",
                Kind = "compose.pull",
                Description = "Pull ghcr.io/jhandel/kmp v1.3.0",
                Outcome = StepOutcome.Done,
                StartedAt = Night.AddSeconds(1),
                DurationSeconds = 10.125,
            },
        ],
        Error = new AppError { ErrorId = ErrorIds.NotHealthy, Message = "503 after 60 s.", Target = "kmp" },
        Next = "Get-AppHistory kmp",
    };

    public static HistoryEntry History { get; } = new()
    {
        Name = "kmp",
        OperationId = "20260301T023000123Z-4f2a",
        Kind = OperationKind.Undo,
        Status = UpdateStatus.Kept,
        From = "v1.3.0",
        To = "v1.2.3",
        FromDigest = "sha256:" + new string('a', 64),
        ToDigest = "sha256:" + new string('b', 64),
        Undoes = "20260228T220000000Z-0001",
        PlanHash = new string('d', 64),
        Forced = true,
        Data = DataPolicy.Restore,
        StartedAt = Night,
        EndedAt = Night.AddSeconds(42.5),
        DurationSeconds = 42.5,
        OutageSeconds = 3,
        By = "root@db1",
        Actor = new Actor { User = "root", SudoUser = "alice", Machine = "db1", ProcessId = 4711, Face = "pwsh" },
        Continued = [new Continuation { At = Night.AddSeconds(20), What = "resume", Actor = new Actor { User = "bob", Machine = "db1", ProcessId = 4712, Face = "console" } }],
        BackupIds = ["20260301T023000123Z-4f2a"],
        KeptAside =
        [
            new KeptData
            {
                Kind = "database",
                Name = "kmp_aside_20260301t023000123z_4f2a",
                LookCommand = "docker compose --project-directory /opt/kmp exec db psql -U kmp -d kmp_aside_20260301t023000123z_4f2a",
                RemoveCommand = "docker compose --project-directory /opt/kmp exec db dropdb -U kmp kmp_aside_20260301t023000123z_4f2a",
            },
        ],
        DataSince = [new TableChange { Database = "main", Table = "members", RowsThen = 10, RowsNow = 11, NewerRows = 2, GoneRows = 1, Key = "id" }],
    };

    public static Backup Backup { get; } = new()
    {
        Name = "kmp",
        BackupId = "20260301T023001Z-0001",
        Moment = Night,
        RunningVersion = "v1.2.3",
        Consistency = BackupConsistency.EachSource,
        SpreadSeconds = 0.75,
        HeldSeconds = 2.5,
        Location = "/var/lib/upgradeops/kmp/backups/20260301T023001Z-0001",
        SizeBytes = 8_589_934_592,
        Files =
        [
            new BackupFile
            {
                Path = "databases/main.sql.gz",
                Size = 8_589_934_592,
                Sha256 = new string('e', 64),
                Source = "database:main",
                Encoding = "gzip",
            },
        ],
        Proof = new BackupProof { Level = ProofLevel.Restore, At = Night.AddMinutes(2), Evidence = ["main: 12 tables, 4711 rows equal"] },
        RestoreCommands = ["gunzip < databases/main.sql.gz | mysql kmp"],
    };
}
