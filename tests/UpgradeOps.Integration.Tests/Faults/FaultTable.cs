using static UpgradeOps.UpdateStatus;

namespace UpgradeOps.Integration.Faults;

/// <summary>Every fault that the suite injects.</summary>
internal static class FaultTable
{
    private const string Asked = "Registry, when UpgradeOps asks which release there is";
    private const string Pulled = "Registry, when the engine pulls";
    private const string Engine = "Docker Engine";
    private const string Disk = "Disk";
    private const string Database = "Database";
    private const string Store = "The bucket that an update's backup is copied to (`store: s3`)";
    private const string Release = "The new version";
    private const string Migrations = "Migrations of the new version";
    private const string Git = "A git repository of releases, and their build (platform `service`)";
    private const string GitHub = "Releases on GitHub (platform `service`)";
    private const string Hands = "Other hands";
    private const string Again = "run the same command again";

    public static IReadOnlyList<FaultRow> Rows { get; } =
    [
        new("asked-401", Asked, "401", "Nothing is begun.", Refused) { ErrorId = ErrorIds.RegistryUnauthorized, Next = "docker login" },
        new("asked-404", Asked, "404: no such tag", "Nothing is begun.", Refused) { ErrorId = ErrorIds.ReleaseNotFound, Next = "Get-AppRelease" },
        new("asked-429-soon", Asked, "429, Retry-After 1 s", "It waits as long as it is told to and goes on.", Kept) { New = true },
        new("asked-429-late", Asked, "429, Retry-After 1 h", "Nothing is begun; the message says how long to wait.", Refused) { ErrorId = ErrorIds.RegistryRateLimited, Next = "Wait as long as the registry asks" },
        new("asked-500", Asked, "500, every time", "Asked four times, then nothing is begun.", Refused) { ErrorId = ErrorIds.RegistryFailed, Next = "Run the same command again later" },
        new("asked-slow", Asked, "each answer takes a second", "It takes longer.", Kept) { New = true },
        new("asked-cut", Asked, "each answer breaks off", "Asked four times, then nothing is begun.", Refused) { ErrorId = ErrorIds.RegistryFailed, Next = "Run the same command again later" },
        new("asked-wrong", Asked, "bytes that do not match their digest", "Nothing is begun.", Refused) { ErrorId = ErrorIds.DigestMismatch, Next = "Do not use this image" },

        new("pull-401", Pulled, "401", "The old version never stopped serving.", Undone) { ErrorId = ErrorIds.RegistryUnauthorized, Next = "docker login" },
        new("pull-404", Pulled, "404: the image was withdrawn", "The old version never stopped serving.", Undone) { ErrorId = ErrorIds.ImageNotFound, Next = "Get-AppRelease" },
        new("pull-429", Pulled, "429", "The old version never stopped serving.", Undone) { ErrorId = ErrorIds.RegistryRateLimited, Next = "Wait as long as the registry asks" },
        new("pull-500", Pulled, "500", "The old version never stopped serving.", Undone) { ErrorId = ErrorIds.RegistryFailed, Next = "Run the same command again later" },
        new("pull-slow", Pulled, "each answer takes a second", "It takes longer, while the old version serves.", Kept) { New = true },
        new("pull-cut", Pulled, "answers break off", "The old version never stopped serving.", Undone) { ErrorId = ErrorIds.PullFailed, Next = "Run the same command again" },
        new("pull-wrong", Pulled, "bytes that do not match their digest", "The old version never stopped serving.", Undone) { ErrorId = ErrorIds.DigestMismatch, Next = "Do not use this image" },

        new("engine-pull", Engine, "restarted while it pulls", "The engine is waited for (up to a minute), and pulls again.", Kept) { New = true },
        new("engine-create", Engine, "restarted when the new container is made", "The engine is waited for.", Kept) { New = true },
        new("engine-creating", Engine, "restarted within `docker compose create`, before the container is made", "The engine is waited for, and Compose asked again.", Kept) { New = true },
        new("engine-created", Engine, "restarted within `docker compose create`, after the container was made", "The engine is waited for; what nobody has on record is made again.", Kept) { New = true },
        new("engine-health", Engine, "restarted while the new version is proved", "The engine is waited for; the new container starts with it and is proved anew.", Kept) { New = true },
        new("engine-bake", Engine, "restarted while the new version is watched", "A version that was not watched in one life is not kept, nor is it called bad.", Undone) { ErrorId = ErrorIds.WrongInstance, Next = "who removed or restarted one" },
        new("engine-prune", Engine, "`docker system prune -af` after the old version was stopped", "The old container is made again from its image, which the registry still has by its digest.", Undone) { ErrorId = ErrorIds.WrongInstance, Next = "Find out who removes containers" },

        new("disk-begin", Disk, "full before anything is begun", "Nothing is begun.", Refused) { ErrorId = ErrorIds.DiskTooFull, Next = "Free some room" },
        new("disk-backup", Disk, "full while the backup is written", "No half backup is kept or listed; the old version never stopped serving.", Undone) { ErrorId = ErrorIds.DiskTooFull, Next = "Free some room" },
        new("disk-journal", Disk, "full between stopping the old and starting the new version", "The journal goes on in the room that was kept for it.", Kept) { New = true },
        new("disk-journal-all", Disk, "full, and the kept room is gone too", "It stops where it stands: what cannot be written down is not done. `Resume-AppUpdate` goes on from there.", Interrupted) { ErrorId = ErrorIds.DiskTooFull, Next = "Resume-AppUpdate" },
        new("disk-env", Disk, "full while `.env` is edited", "The file is as it was; the old version never stopped serving.", Undone) { ErrorId = ErrorIds.DiskTooFull, Next = "Free some room" },

        new("database-dump", Database, "server killed while it is dumped", "No half backup is kept or listed; the old version was not touched.", Undone) { ErrorId = ErrorIds.DatabaseUnreachable, Next = "Start the database" },
        new("database-session", Database, "the dump's session killed", "No half backup is kept or listed; the old version never stopped serving.", Undone) { ErrorId = ErrorIds.DatabaseUnreachable, Next = "Start the database" },
        new("database-restore", Database, "the load's session killed during a restore", "What was live stays live; the half-loaded database is removed.", Undone) { ErrorId = ErrorIds.DatabaseUnreachable, Next = "Start the database" },
        new("database-restore-server", Database, "server killed during a restore", "What was live stays live. When the server is back, `Resume-AppUpdate` removes the half-loaded database.", NeedsAttention) { ErrorId = ErrorIds.UndoFailed, Next = "Undo-AppUpdate" },
        new("database-undo-server", Database, "server killed while an undo restores", "The data stays as it was. When the server is back, `Resume-AppUpdate` brings back what ran before the undo.", NeedsAttention) { ErrorId = ErrorIds.UndoFailed, Next = "Undo-AppUpdate", New = true },

        new("store-refused", Store, "refuses the keys", "The old version never stopped serving; the backup stays here.", Undone) { ErrorId = ErrorIds.StoreUnauthorized, Next = "Correct the keys" },
        new("store-full", Store, "is full", "The old version never stopped serving; the backup stays here.", Undone) { ErrorId = ErrorIds.StoreFull, Next = "Make room in the store" },
        new("store-gone", Store, "does not answer", "Asked five times; the old version never stopped serving; the backup stays here.", Undone) { ErrorId = ErrorIds.StoreUnreachable, Next = "Check the network" },
        new("store-damaged", Store, "a bit is changed on the way, and the server does not notice", "Noticed when the checksums are compared; the damaged copy is removed there. The old version never stopped serving.", Undone) { ErrorId = ErrorIds.StoreFailed, Next = "Run the same command again later" },
        new("store-slow-down", Store, "503 SlowDown, twice", "It waits and goes on.", Kept) { New = true },
        new("store-cut", Store, "a connection breaks off in the middle of a file", "The piece is sent again.", Kept) { New = true },
        new("store-optional", Store, "does not answer, with `required: false`", "The new version is kept; a warning says that the backup is here alone.", Kept) { New = true },

        new("release-exits", Release, "ends at once", "Known within seconds; the old container is started again.", Undone) { ErrorId = ErrorIds.InstanceExited, Next = "Get-AppLog", Blamed = true },
        new("release-sick", Release, "never gets healthy", "Known when the platform says so, or `healthTimeout` is over; the old container is started again.", Undone) { ErrorId = ErrorIds.NotHealthy, Next = "Get-AppHealth", Blamed = true },
        new("release-bake", Release, "is healthy, then dies while it is watched", "The old container is started again.", Undone) { ErrorId = ErrorIds.InstanceExited, Next = "Get-AppLog", Blamed = true },
        new("release-lies", Release, "reports the old version", "The old container is started again.", Undone) { ErrorId = ErrorIds.WrongVersion, Next = "Look whether the release carries the version", Blamed = true },

        new("migrate-start", Migrations, "one fails when the version starts", "Told with its number and the server's message; where nothing of it stayed, the old container is started again.", Undone) { ErrorId = ErrorIds.MigrationFailed, Next = "Get-AppMigration", Blamed = true },
        new("migrate-job", Migrations, "a job that the version waits for (`service_completed_successfully`) fails in one", "Told in the same way; the version is not started.", Undone) { ErrorId = ErrorIds.MigrationFailed, Next = "Get-AppMigration", Blamed = true },
        new("migrate-half", Migrations, "one fails after another was applied, with `onFailure.data: stop`", "Nothing is taken back before a person has chosen between the data as it is and the backup.", NeedsAttention) { ErrorId = ErrorIds.DataNeedsChoice, Next = "Undo-AppUpdate" },
        new("migrate-command", Migrations, "one fails in the declared command, `run: before-switch`", "Told in the same way; the old version never stopped serving.", Undone) { ErrorId = ErrorIds.MigrationFailed, Next = "Get-AppMigration", Blamed = true },
        new("migrate-late", Migrations, "the command does not end within its `timeout`", "It is ended; the old version never stopped serving.", Undone) { ErrorId = ErrorIds.MigrationFailed, Next = "Get-AppMigration", Blamed = true },
        new("migrate-removed", Migrations, "the command's container is removed by somebody", "The old version never stopped serving.", Undone) { ErrorId = ErrorIds.MigrationFailed, Next = "Get-AppMigration", Blamed = true },

        new("git-gone", Git, "the repository is not there", "Nothing is begun.", Refused) { ErrorId = ErrorIds.RepositoryMissing, Next = "Correct releases.git" },
        new("git-silent", Git, "its server does not answer", "Nothing is begun.", Refused) { ErrorId = ErrorIds.RepositoryUnreachable, Next = "Check the network" },
        new("git-tag", Git, "there is no such tag", "Nothing is begun; the message names the nearest.", Refused) { ErrorId = ErrorIds.ReleaseNotFound, Next = "Get-AppRelease" },
        new("git-rewritten", Git, "the branch was force-pushed: what runs is not part of it any more", "Nothing is begun.", Refused) { ErrorId = ErrorIds.HistoryRewritten, Next = "Ask who rewrote the branch" },
        new("git-withdrawn", Git, "the planned commit is gone from the repository and from its copy", "The old version never stopped serving.", Undone) { ErrorId = ErrorIds.ReleaseNotFound, Next = "Get-AppRelease" },
        new("git-submodule", Git, "a submodule's commit was never pushed", "The old version never stopped serving.", Undone) { ErrorId = ErrorIds.SubmoduleMissing, Next = "Let the submodule be fetched" },
        new("build-fails", Git, "a build step fails", "The error tells the end of its log; the old version never stopped serving.", Undone) { ErrorId = ErrorIds.BuildFailed, Next = "Mend what the log names" },
        new("build-killed", Git, "a build step is killed", "The old version never stopped serving.", Undone) { ErrorId = ErrorIds.BuildFailed, Next = "Mend what the log names" },
        new("build-empty", Git, "the build does not make what is to be copied", "The old version never stopped serving.", Undone) { ErrorId = ErrorIds.BuildOutputMissing, Next = "Correct platform.service.build.copy" },
        new("build-program", Git, "a program that builds is not installed", "Nothing is begun.", Refused) { ErrorId = ErrorIds.HostCommandMissing, Next = "Install the command" },

        new("github-gone", GitHub, "404: no such repository, or a private one", "Nothing is begun.", Refused) { ErrorId = ErrorIds.RepositoryMissing, Next = "Give a token" },
        new("github-limit", GitHub, "asked too often: 403, to be waited for 40 min", "Nothing is begun; the message says how long to wait.", Refused) { ErrorId = ErrorIds.RepositoryRateLimited, Next = "Wait as long as GitHub asks" },
        new("github-asset", GitHub, "the release has no asset of that name", "Nothing is begun; the message names the nearest.", Refused) { ErrorId = ErrorIds.AssetMissing, Next = "Correct releases.github.asset" },
        new("github-checksum", GitHub, "`checksums.txt` does not name the asset", "Nothing is begun.", Refused) { ErrorId = ErrorIds.ChecksumMissing, Next = "Correct releases.github.checksums" },
        new("github-agree", GitHub, "`checksums.txt` and GitHub's own digest differ", "Nothing is begun, and nothing downloaded.", Refused) { ErrorId = ErrorIds.DigestMismatch, Next = "Do not install this release" },
        new("github-withdrawn", GitHub, "the release is withdrawn after the plan was made", "The old version never stopped serving.", Undone) { ErrorId = ErrorIds.ReleaseNotFound, Next = "Get-AppRelease" },
        new("github-replaced", GitHub, "the asset is replaced after the plan was made", "The old version never stopped serving.", Undone) { ErrorId = ErrorIds.DigestMismatch, Next = Again },
        new("github-store", GitHub, "503, every time, from where the bytes are", "Asked four times; the old version never stopped serving.", Undone) { ErrorId = ErrorIds.RepositoryFailed, Next = "Check the network" },
        new("github-damaged", GitHub, "a bit is changed on the way", "Nothing of it is unpacked; the old version never stopped serving.", Undone) { ErrorId = ErrorIds.DigestMismatch, Next = "Do not install this release" },
        new("github-hostile", GitHub, "the archive holds a name that leads out of it", "Nothing of it is unpacked; the old version never stopped serving.", Undone) { ErrorId = ErrorIds.ArchiveRefused, Next = "Do not install this asset" },
        new("github-bomb", GitHub, "the archive unpacks to hundreds of times its size", "Nothing of it is unpacked; the old version never stopped serving.", Undone) { ErrorId = ErrorIds.ArchiveRefused, Next = "Do not install this asset" },
        new("github-program", GitHub, "the archive has its program in a folder that nobody strips", "What was unpacked is removed; the old version never stopped serving.", Undone) { ErrorId = ErrorIds.HostCommandMissing, Next = "strip: 1" },
        new("github-cut", GitHub, "the connection breaks off twice in the middle of the archive", "It is gone on with from where it broke off.", Kept) { New = true },

        new("tag-moves", Hands, "the channel's tag moves between plan and pull", "The digest that was planned is what runs.", Kept) { New = true },
        new("tag-withdrawn", Hands, "the tag moves and the planned image is deleted", "The old version never stopped serving.", Undone) { ErrorId = ErrorIds.ImageNotFound, Next = "Get-AppRelease" },
        new("edit-before", Hands, "the compose file is edited before the switch", "The edit stays; the old version never stopped serving.", Undone) { ErrorId = ErrorIds.ConfigurationEdited, Next = Again },
        new("edit-env", Hands, "another line of `.env` is edited before the switch", "The edit stays, only the version's variable goes back.", Undone) { ErrorId = ErrorIds.ConfigurationEdited, Next = Again },
        new("edit-after", Hands, "the compose file is edited after the switch", "The edit stays; a finding of the result says that it is not applied.", Kept) { New = true },
        new("edit-undo", Hands, "the compose file and `.env` are edited before a failed update goes back", "The edits stay; findings of the result say that they are not applied.", Undone) { ErrorId = ErrorIds.NotHealthy, Next = "Get-AppHealth", Blamed = true },
        new("removed", Hands, "the new container is removed while it is watched", "The old container is started again.", Undone) { ErrorId = ErrorIds.WrongInstance, Next = "who removed or restarted one" },
        new("two-admins", Hands, "a second update of the same application", "The second is refused and says who is at work; the first does not notice.", Refused) { ErrorId = ErrorIds.LockHeld, Next = "Get-AppLock" },
        new("clock-forward", Hands, "the clock is set a day forward in the middle", "Nothing changes, no figure either.", Kept) { New = true },
        new("clock-back", Hands, "the clock is set a day back in the middle", "Nothing changes, no figure either; the next operation still sorts after this one.", Kept) { New = true },
    ];

    public static FaultRow Row(string key) => Rows.Single(r => r.Key == key);
}
