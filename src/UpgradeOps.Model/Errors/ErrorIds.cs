namespace UpgradeOps;

/// <summary>Names of every condition that UpgradeOps reports. Never renamed: scripts match on them.</summary>
public static class ErrorIds
{
    public const string AppUnknown = "UpgradeOps.Apps.Unknown";
    public const string AppNameTaken = "UpgradeOps.Apps.NameTaken";
    public const string CatalogueDamaged = "UpgradeOps.Apps.CatalogueDamaged";
    public const string CatalogueBusy = "UpgradeOps.Apps.CatalogueBusy";
    public const string DefinitionNotFound = "UpgradeOps.Definition.NotFound";
    public const string DefinitionInvalid = "UpgradeOps.Definition.Invalid";
    public const string DefinitionUnknownKey = "UpgradeOps.Definition.UnknownKey";
    public const string DefinitionNotImplemented = "UpgradeOps.Definition.NotImplemented";
    public const string SecretNotFound = "UpgradeOps.Secrets.NotFound";
    public const string SecretInUse = "UpgradeOps.Secrets.InUse";

    public const string HostCommandFailed = "UpgradeOps.Hosts.CommandFailed";
    public const string HostCommandMissing = "UpgradeOps.Hosts.CommandMissing";
    public const string HostConnectionLost = "UpgradeOps.Hosts.ConnectionLost";
    public const string HostKeyChanged = "UpgradeOps.Hosts.KeyChanged";
    public const string HostKeyUnknown = "UpgradeOps.Hosts.KeyUnknown";
    public const string HostLoginRefused = "UpgradeOps.Hosts.LoginRefused";
    public const string HostUnreachable = "UpgradeOps.Hosts.Unreachable";
    public const string HostFileFailed = "UpgradeOps.Hosts.FileFailed";

    public const string EngineUnreachable = "UpgradeOps.Docker.EngineUnreachable";
    public const string EngineForbidden = "UpgradeOps.Docker.EngineForbidden";
    public const string EngineFailed = "UpgradeOps.Docker.EngineFailed";
    public const string ImageNotFound = "UpgradeOps.Docker.ImageNotFound";
    public const string PullFailed = "UpgradeOps.Docker.PullFailed";

    public const string RegistryUnauthorized = "UpgradeOps.Releases.RegistryUnauthorized";
    public const string RegistryRateLimited = "UpgradeOps.Releases.RegistryRateLimited";
    public const string RegistryUnreachable = "UpgradeOps.Releases.RegistryUnreachable";
    public const string RegistryFailed = "UpgradeOps.Releases.RegistryFailed";
    public const string ReleaseNotFound = "UpgradeOps.Releases.NotFound";
    public const string ReleaseWrongPlatform = "UpgradeOps.Releases.WrongPlatform";
    public const string ChannelUnknown = "UpgradeOps.Releases.ChannelUnknown";
    public const string DigestMismatch = "UpgradeOps.Releases.DigestMismatch";

    public const string RepositoryUnreachable = "UpgradeOps.Releases.RepositoryUnreachable";
    public const string RepositoryUnauthorized = "UpgradeOps.Releases.RepositoryUnauthorized";
    public const string RepositoryMissing = "UpgradeOps.Releases.RepositoryMissing";
    public const string RepositoryFailed = "UpgradeOps.Releases.RepositoryFailed";
    public const string RepositoryIncomplete = "UpgradeOps.Releases.RepositoryIncomplete";
    public const string RepositoryRateLimited = "UpgradeOps.Releases.RepositoryRateLimited";
    public const string AssetMissing = "UpgradeOps.Releases.AssetMissing";
    public const string AssetVerified = "UpgradeOps.Releases.AssetVerified";
    public const string ChecksumMissing = "UpgradeOps.Releases.ChecksumMissing";
    public const string ArchiveRefused = "UpgradeOps.Releases.ArchiveRefused";
    public const string SubmoduleMissing = "UpgradeOps.Releases.SubmoduleMissing";
    public const string SignatureInvalid = "UpgradeOps.Releases.SignatureInvalid";
    public const string HistoryRewritten = "UpgradeOps.Releases.HistoryRewritten";
    public const string ReleaseNotesMissing = "UpgradeOps.Releases.NotesMissing";
    public const string TagMoved = "UpgradeOps.Releases.TagMoved";
    public const string CheckoutDirty = "UpgradeOps.Releases.CheckoutDirty";
    public const string CheckoutDiverged = "UpgradeOps.Releases.CheckoutDiverged";

    public const string ComposeInvalid = "UpgradeOps.Compose.FileInvalid";
    public const string ComposeServiceMissing = "UpgradeOps.Compose.ServiceMissing";
    public const string ComposeVariableMissing = "UpgradeOps.Compose.VariableMissing";
    public const string ComposeCommandFailed = "UpgradeOps.Compose.CommandFailed";
    public const string ComposeMissing = "UpgradeOps.Compose.Missing";
    public const string ComposeUnsupported = "UpgradeOps.Compose.Unsupported";
    public const string ConfigurationDrift = "UpgradeOps.Compose.ConfigurationDrift";
    public const string ConfigurationEdited = "UpgradeOps.Compose.ConfigurationEdited";
    public const string FixedContainerName = "UpgradeOps.Compose.FixedContainerName";
    public const string ServiceStartFailed = "UpgradeOps.Service.StartFailed";
    public const string ServiceStopFailed = "UpgradeOps.Service.StopFailed";
    public const string ServiceUnitMissing = "UpgradeOps.Service.UnitMissing";
    public const string ServiceUnitUnfit = "UpgradeOps.Service.UnitUnfit";
    public const string ServiceForbidden = "UpgradeOps.Service.Forbidden";
    public const string ServiceManagerUnreachable = "UpgradeOps.Service.ManagerUnreachable";

    public const string BuildFailed = "UpgradeOps.Build.Failed";
    public const string BuildFileMissing = "UpgradeOps.Build.FileMissing";
    public const string BuildOutputMissing = "UpgradeOps.Build.OutputMissing";
    public const string BuildOwnerForbidden = "UpgradeOps.Build.OwnerForbidden";

    public const string NotHealthy = "UpgradeOps.Health.NotHealthy";
    public const string WrongVersion = "UpgradeOps.Health.WrongVersion";
    public const string WrongInstance = "UpgradeOps.Health.WrongInstance";
    public const string InstanceExited = "UpgradeOps.Health.InstanceExited";
    public const string SmokeFailed = "UpgradeOps.Health.SmokeFailed";
    public const string NoSmokeTests = "UpgradeOps.Health.NoSmokeTests";
    public const string NoHealthCheck = "UpgradeOps.Health.NoneDeclared";
    public const string NoHealthVersion = "UpgradeOps.Health.NoVersionDeclared";

    public const string DatabaseUnreachable = "UpgradeOps.Databases.Unreachable";
    public const string DatabaseUnauthorized = "UpgradeOps.Databases.Unauthorized";
    public const string DatabaseMissing = "UpgradeOps.Databases.Missing";
    public const string DatabaseNameTaken = "UpgradeOps.Databases.NameTaken";
    public const string DatabaseToolFailed = "UpgradeOps.Databases.ToolFailed";
    public const string DatabaseToolTooOld = "UpgradeOps.Databases.ToolTooOld";
    public const string MigrationFailed = "UpgradeOps.Migrations.Failed";
    public const string MigrationsNotDeclared = "UpgradeOps.Migrations.NotDeclared";
    public const string MigrationFilesMissing = "UpgradeOps.Migrations.FilesMissing";
    public const string RehearsalNotDeclared = "UpgradeOps.Rehearsals.NotDeclared";
    public const string RehearsalTouchedLive = "UpgradeOps.Rehearsals.TouchedLive";
    public const string RehearsalShares = "UpgradeOps.Rehearsals.Shares";
    public const string RehearsalFolderTaken = "UpgradeOps.Rehearsals.FolderTaken";
    public const string RehearsalIncomplete = "UpgradeOps.Rehearsals.Incomplete";
    public const string RehearsalRowsGone = "UpgradeOps.Rehearsals.RowsGone";
    public const string MigrationCommandMissing = "UpgradeOps.Migrations.CommandMissing";
    public const string MigrationsApplied = "UpgradeOps.Migrations.Applied";
    public const string MigrationsPending = "UpgradeOps.Migrations.Pending";
    public const string MigrationNotApplied = "UpgradeOps.Migrations.NotApplied";
    public const string MigrationNotNewest = "UpgradeOps.Migrations.NotNewest";
    public const string MigrationIrreversible = "UpgradeOps.Migrations.Irreversible";
    public const string MigrationScriptUnfit = "UpgradeOps.Migrations.ScriptUnfit";
    public const string MigrationNeedsConsent = "UpgradeOps.Migrations.NeedsConsent";
    public const string MigrationAppliedAgain = "UpgradeOps.Migrations.AppliedAgain";
    public const string MigrationTrackerUnknown = "UpgradeOps.Migrations.TrackerUnknown";

    public const string BackupFailed = "UpgradeOps.Backups.Failed";
    public const string BackupNotFound = "UpgradeOps.Backups.NotFound";
    public const string BackupDamaged = "UpgradeOps.Backups.Damaged";
    public const string BackupProofFailed = "UpgradeOps.Backups.ProofFailed";
    public const string BackupNothingDeclared = "UpgradeOps.Backups.NothingDeclared";
    public const string BackupNeeded = "UpgradeOps.Backups.Needed";
    public const string RetentionNotDeclared = "UpgradeOps.Backups.RetentionNotDeclared";
    public const string RestoreFailed = "UpgradeOps.Backups.RestoreFailed";
    public const string RestoreNeedsConsent = "UpgradeOps.Backups.RestoreNeedsConsent";

    public const string StoreUnreachable = "UpgradeOps.Stores.Unreachable";
    public const string StoreUnauthorized = "UpgradeOps.Stores.Unauthorized";
    public const string StoreBucketMissing = "UpgradeOps.Stores.BucketMissing";
    public const string StoreFolderMissing = "UpgradeOps.Stores.FolderMissing";
    public const string StoreWrongRegion = "UpgradeOps.Stores.WrongRegion";
    public const string StoreClockSkew = "UpgradeOps.Stores.ClockSkew";
    public const string StoreFull = "UpgradeOps.Stores.Full";
    public const string StoreFailed = "UpgradeOps.Stores.Failed";

    public const string DiskTooFull = "UpgradeOps.Preflight.DiskTooFull";
    public const string NotRunning = "UpgradeOps.Preflight.NotRunning";
    public const string MovingTag = "UpgradeOps.Preflight.MovingTag";
    public const string SandboxLimited = "UpgradeOps.Preflight.SandboxLimited";
    public const string PreflightFailed = "UpgradeOps.Preflight.Failed";

    public const string StateNotWritable = "UpgradeOps.State.NotWritable";
    public const string StateUnreachable = "UpgradeOps.State.Unreachable";
    public const string StateUnauthorized = "UpgradeOps.State.Unauthorized";
    public const string StateNewerFormat = "UpgradeOps.State.NewerFormat";
    public const string StateDamaged = "UpgradeOps.State.Damaged";
    public const string JournalNewerFormat = "UpgradeOps.State.JournalNewerFormat";
    public const string JournalDamaged = "UpgradeOps.State.JournalDamaged";
    public const string LockHeld = "UpgradeOps.State.LockHeld";
    public const string LockLost = "UpgradeOps.State.LockLost";

    public const string NotNewer = "UpgradeOps.Updates.NotNewer";
    public const string KnownBad = "UpgradeOps.Updates.KnownBad";
    public const string TakenBack = "UpgradeOps.Updates.TakenBack";
    public const string PlanStale = "UpgradeOps.Updates.PlanStale";
    public const string PlanDamaged = "UpgradeOps.Updates.PlanDamaged";
    public const string OperationPending = "UpgradeOps.Updates.OperationPending";
    public const string OperationNotFound = "UpgradeOps.Updates.OperationNotFound";
    public const string NothingToResume = "UpgradeOps.Updates.NothingToResume";
    public const string NothingToUndo = "UpgradeOps.Updates.NothingToUndo";
    public const string StepFailed = "UpgradeOps.Updates.StepFailed";
    public const string StepUncertain = "UpgradeOps.Updates.StepUncertain";
    public const string UndoFailed = "UpgradeOps.Updates.UndoFailed";
    public const string DataNeedsChoice = "UpgradeOps.Updates.DataNeedsChoice";
    public const string Interrupted = "UpgradeOps.Updates.Interrupted";
    public const string ConfirmationNeeded = "UpgradeOps.Confirmation.Needed";
    public const string Unexpected = "UpgradeOps.Unexpected";
}
