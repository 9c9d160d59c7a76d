using UpgradeOps.Engine.Apps.Definition.Reading;

namespace UpgradeOps.Engine.Apps.Definition;

/// <summary>
/// Every key of <c>upgradeops/v1</c>, by place. <c>schema/upgradeops.v1.json</c> and <c>docs/definition.md</c> name the same ones;
/// tests compare them. What is planned is refused by name: a key that is silently ignored is a betrayal.
/// </summary>
internal static class DefinitionKeys
{
    public static readonly KeySet Root = new("",
        ["schema", "name", "host", "platform", "releases", "databases", "health", "healthTimeout", "smoke", "backups", "quiesce", "prove", "retention", "migrations", "strategy", "bake", "onFailure", "generate", "rehearse", "state", "store"],
        "parts", "windows", "stores", "notify", "notices", "traffic", "analysis", "hooks", "drain", "proof",
        "rehearsal", "secrets", "validate", "compatibility", "labels", "owner", "fleet");

    public static readonly KeySet Platform = new("platform", ["compose", "service"], "helm", "kubernetes", "fly", "railway");

    public static readonly KeySet Compose = new("platform.compose", ["directory", "files", "project", "service", "version", "build"],
        "profiles", "services", "generate", "instances");

    public static readonly KeySet ComposeVersion = new("platform.compose.version", ["env-file", "variable"], "image", "tag");

    public static readonly KeySet ComposeBuild = new("platform.compose.build", ["in", "timeout"], "pull", "fresh", "args", "secrets", "environment");

    public static readonly KeySet Service = new("platform.service", ["directory", "supervisor", "unit", "scope", "name", "command", "environment", "stopTimeout", "build"],
        "user", "group", "shared", "keep", "instances", "owner", "mode");

    public static readonly KeySet Build = new("platform.service.build", ["steps", "environment", "copy", "owner", "fresh"], "cache", "image", "secrets", "user");

    public static readonly KeySet BuildStep = new("platform.service.build.steps[]", ["run", "in", "environment", "timeout"], "shell", "secrets", "name");

    public static readonly KeySet BuildCopy = new("platform.service.build.copy[]", ["from", "to", "mode"], "owner", "exclude");

    public static readonly KeySet Releases = new("releases",
        ["image", "folder", "git", "github", "channels", "channel", "notes", "changelog", "key", "verify", "signers", "user", "password", "certificateAuthority"],
        "helm", "oci", "chart", "assets", "signature", "branch");

    public static readonly KeySet GitHub = new("releases.github", ["repository", "asset", "checksums", "strip", "as", "token", "api"], "prerelease", "tag", "signature", "attestation");

    public static readonly KeySet Changelog = new("releases.changelog", ["github", "token", "api"], "file", "gitlab");

    public static readonly KeySet Database = new("databases.*", ["engine", "at", "name", "user", "password", "validate"],
        "connection", "tls", "options", "path");

    public static readonly KeySet DatabaseAt = new("databases.*.at", ["service", "address", "port"], "socket", "container", "pod");

    public static readonly KeySet Health = new("health[]", ["http", "from", "version", "status", "timeout"],
        "tcp", "command", "grpc", "websocket", "json", "interval", "headers");

    public static readonly KeySet Smoke = new("smoke[]",
        ["name", "http", "method", "headers", "body", "status", "json", "capture", "secrets", "sql", "database", "expect", "command", "environment", "exitCode", "output", "timeout"],
        "from", "retries", "container", "tcp", "websocket");

    public static readonly KeySet Backup = new("backups[]", ["database", "jobs", "volume", "files", "folder", "cluster", "globals", "sqlite", "inVolume", "command", "raft"],
        "kms", "volume-snapshot", "values", "consistency", "store", "exclude");

    public static readonly KeySet BackupCommand = new("backups[].command", ["name", "run", "restore"], "environment", "user", "timeout");

    public static readonly KeySet BackupRaft = new("backups[].raft", ["name", "address", "token"], "namespace", "certificateAuthority");

    public static readonly KeySet Migrations = new("migrations", ["database", "table", "query", "run", "command", "service", "timeout", "files", "source", "down"], "tracker", "path", "environment");

    public static readonly KeySet OnFailure = new("onFailure", ["data"], "notify", "command", "evidence");

    public static readonly KeySet Retention = new("retention", ["last", "daily", "weekly", "monthly"], "yearly", "hourly", "age", "within");

    public static readonly KeySet Generate = new("generate[]", ["variable", "env-file", "file", "random", "bytes", "length", "value", "key", "private", "public", "mode", "disposable"],
        "command", "owner", "from", "rotate", "passphrase");

    public static readonly KeySet Rehearse = new("rehearse", ["command", "environment", "port"], "database", "folder", "timeout", "secrets");

    public static readonly KeySet State = new("state", ["folder", "postgresql", "backups"], "namespace");

    public static readonly KeySet StatePostgreSql = new("state.postgresql",
        ["address", "port", "database", "schema", "user", "password", "tls", "certificateAuthority"], "connection", "socket", "options");

    public static readonly KeySet Store = new("store", ["s3", "ssh", "required", "keepLocal"], "azure", "folder", "sftp", "encryption");

    public static readonly KeySet StoreS3 = new("store.s3",
        ["bucket", "prefix", "region", "endpoint", "pathStyle", "accessKey", "secretKey", "storageClass", "serverSideEncryption", "kmsKey"],
        "sessionToken", "profile", "role", "certificateAuthority", "objectLock", "tags");

    public static readonly KeySet StoreSsh = new("store.ssh", ["host", "folder"], "user", "port", "key", "jump");

    public static readonly IReadOnlyList<KeySet> All =
        [Root, Platform, Compose, ComposeVersion, ComposeBuild, Service, Build, BuildStep, BuildCopy, Releases, GitHub, Changelog, Database, DatabaseAt, Health, Smoke, Backup, BackupCommand, BackupRaft, Migrations, OnFailure, Generate, Rehearse, Retention, State, StatePostgreSql, Store, StoreS3, StoreSsh];
}
