namespace UpgradeOps.Engine.Apps.Definition;

/// <summary>
/// An application as its definition file describes it, after validation. Plain data: it goes into the journal as JSON,
/// so that an operation can be resumed when the file is gone. Secrets are references here, never values.
/// </summary>
internal sealed record AppDefinition
{
    public required string Name { get; init; }

    /// <summary><c>local</c>.</summary>
    public string Host { get; init; } = "local";

    public required PlatformDefinition Platform { get; init; }

    public required ReleasesDefinition Releases { get; init; }

    /// <summary>By the name under <c>databases:</c>.</summary>
    public IReadOnlyDictionary<string, DatabaseDefinition> Databases { get; init; } = new Dictionary<string, DatabaseDefinition>();

    public IReadOnlyList<HealthCheckDefinition> Health { get; init; } = [];

    /// <summary>Run in this order on a version that answers healthy.</summary>
    public IReadOnlyList<SmokeDefinition> Smoke { get; init; } = [];

    public IReadOnlyList<BackupSourceDefinition> Backups { get; init; } = [];

    /// <summary>What happens to the application while a backup is made.</summary>
    public QuiesceMode Quiesce { get; init; } = QuiesceMode.None;

    /// <summary>How far a backup is proved before an update changes anything.</summary>
    public ProofLevel Prove { get; init; } = ProofLevel.Structure;

    /// <summary>How many backups are kept; null for all.</summary>
    public RetentionDefinition? Retention { get; init; }

    public MigrationsDefinition? Migrations { get; init; }

    /// <summary><c>recreate</c>.</summary>
    public string Strategy { get; init; } = "recreate";

    /// <summary>How long the new version is watched before it is kept.</summary>
    public TimeSpan Bake { get; init; } = TimeSpan.Zero;

    /// <summary>How long the new version may take until it is healthy.</summary>
    public TimeSpan HealthTimeout { get; init; } = TimeSpan.FromSeconds(60);

    public DataPolicy OnFailureData { get; init; } = DataPolicy.Stop;

    /// <summary>What an update makes where it is missing.</summary>
    public IReadOnlyList<GenerateDefinition> Generate { get; init; } = [];

    /// <summary>How a copy of it is run apart from it; null when it cannot be.</summary>
    public RehearseDefinition? Rehearse { get; init; }

    /// <summary>Where state and backups are kept; null for the default folder.</summary>
    public StateDefinition? State { get; init; }

    /// <summary>Where backups are copied to; null when they stay where they are made.</summary>
    public StoreDefinition? Store { get; init; }

    /// <summary>Absolute path of the file that this was read from.</summary>
    public required string Path { get; init; }
}

internal enum QuiesceMode
{
    /// <summary>It goes on: the sources of a backup may be moments apart.</summary>
    None,

    /// <summary>It stands still, and goes on as if nothing had been.</summary>
    Pause,

    /// <summary>It ends properly, and is started again.</summary>
    Stop,
}

/// <summary>Exactly one member is set.</summary>
internal sealed record PlatformDefinition
{
    public ComposeDefinition? Compose { get; init; }

    public ServiceDefinition? Service { get; init; }

    public string Kind => Compose is not null ? "compose" : "service";

    /// <summary>Absolute; where relative paths of secrets, files and folders start.</summary>
    public string Directory => (Compose?.Directory ?? Service?.Directory)!;
}

internal sealed record ComposeDefinition
{
    /// <summary>Absolute; where the compose file and <c>.env</c> stand.</summary>
    public required string Directory { get; init; }

    /// <summary>Compose file names relative to <see cref="Directory"/>; empty for Compose's own choice.</summary>
    public IReadOnlyList<string> Files { get; init; } = [];

    /// <summary>Compose project name; null for Compose's own choice.</summary>
    public string? Project { get; init; }

    /// <summary>The service that carries the version.</summary>
    public required string Service { get; init; }

    /// <summary>The <c>.env</c> file, relative to <see cref="Directory"/>, and the variable in it that holds the image tag.</summary>
    public string EnvFile { get; init; } = ".env";

    /// <summary>Empty where the images are built.</summary>
    public string Variable { get; init; } = "";

    /// <summary>How the images are built of commits; null where they are published.</summary>
    public ComposeBuildDefinition? Build { get; init; }

    /// <summary>Set for the copy that a rehearsal runs, null for every application that is declared.</summary>
    public ScratchRun? Scratch { get; init; }
}

/// <summary>Images that Compose builds of a commit (<c>build:</c> in the compose file).</summary>
internal sealed record ComposeBuildDefinition
{
    /// <summary>The folder of the repository that <see cref="ComposeDefinition.Directory"/> stands for; a dot for its root.</summary>
    public string In { get; init; } = ".";

    /// <summary>How long a build may take.</summary>
    public TimeSpan Timeout { get; init; } = TimeSpan.FromHours(1);
}

/// <summary>Release folders with a <c>current</c> link, run by a supervisor.</summary>
internal sealed record ServiceDefinition
{
    /// <summary>Absolute; holds <c>releases/</c>, <c>current</c> and <c>shared/</c>.</summary>
    public required string Directory { get; init; }

    public const string Process = "process";
    public const string Systemd = "systemd";
    public const string WindowsService = "windows-service";

    public static readonly TimeSpan UsualStopTimeout = TimeSpan.FromSeconds(10);

    /// <summary><see cref="Process"/>, <see cref="Systemd"/> or <see cref="WindowsService"/>.</summary>
    public string Supervisor { get; init; } = Process;

    /// <summary>The unit that runs the application, with its suffix; null for all but <see cref="Systemd"/>.</summary>
    public string? Unit { get; init; }

    /// <summary>The Windows service that runs the application; null for all but <see cref="WindowsService"/>.</summary>
    public string? Name { get; init; }

    /// <summary>Whose systemd it belongs to: <c>system</c>, or <c>user</c> for the one of the user that commands run as.</summary>
    public string Scope { get; init; } = "system";

    /// <summary>The command and its arguments, run in <c>current</c>; empty where a unit or a service names them.</summary>
    public IReadOnlyList<string> Command { get; init; } = [];

    public IReadOnlyDictionary<string, string> Environment { get; init; } = new Dictionary<string, string>();

    /// <summary>How long it may take to end after it was asked to, before it is killed; null for <see cref="UsualStopTimeout"/>, or what the unit says.</summary>
    public TimeSpan? StopTimeout { get; init; }

    /// <summary>How a commit becomes a release folder; null when its files are one as they are.</summary>
    public BuildDefinition? Build { get; init; }
}

internal sealed record ReleasesDefinition
{
    /// <summary>Image repository without tag; exactly one of this, <see cref="Folder"/>, <see cref="Git"/> and <see cref="GitHub"/> is set.</summary>
    public string? Image { get; init; }

    /// <summary>Absolute folder with one subfolder a version.</summary>
    public string? Folder { get; init; }

    /// <summary>Address of a git repository, or the absolute path of one (or of a checkout) on the application's host.</summary>
    public string? Git { get; init; }

    public GitHubDefinition? GitHub { get; init; }

    /// <summary>A private key for git over SSH, absolute, on the application's host.</summary>
    public string? Key { get; init; }

    /// <summary>Only tags with a good signature are releases.</summary>
    public bool VerifyTags { get; init; }

    /// <summary>Who may sign, as ssh-keygen's file of allowed signers, absolute, on the application's host; null for what git knows there.</summary>
    public string? Signers { get; init; }

    /// <summary>Channel name to tag, to a pattern with <c>*</c>, or to <c>branch:NAME</c>.</summary>
    public IReadOnlyDictionary<string, string> Channels { get; init; } = new Dictionary<string, string>();

    /// <summary>The channel followed until <c>-Channel</c> chooses another.</summary>
    public string? Channel { get; init; }

    /// <summary>Where a person reads what changed: <c>github:owner/repository</c>, or an address with <c>{version}</c> in it.</summary>
    public string? Notes { get; init; }

    /// <summary>From whose releases on GitHub it is read what a version brings; null when from nobody's.</summary>
    public GitHubPlace? Changelog { get; init; }

    /// <summary>User for the registry, or for git over https; null for the credentials that <c>docker login</c> stored, or anonymous.</summary>
    public string? User { get; init; }

    /// <summary>A secret reference.</summary>
    public string? Password { get; init; }

    /// <summary>Path of a file with the certificate authority of a private registry, in PEM.</summary>
    public string? CertificateAuthority { get; init; }
}

internal sealed record DatabaseDefinition
{
    /// <summary><c>postgresql</c> or <c>mariadb</c>.</summary>
    public required string Engine { get; init; }

    /// <summary>The Compose service that it runs in; null when it is reached by address.</summary>
    public string? Service { get; init; }

    public string? Address { get; init; }

    public int? Port { get; init; }

    /// <summary>The database's name.</summary>
    public required string Database { get; init; }

    public required string User { get; init; }

    /// <summary>A secret reference.</summary>
    public string? Password { get; init; }

    /// <summary>Queries that a restored copy must answer with something true; run by the proof <see cref="ProofLevel.Restore"/>.</summary>
    public IReadOnlyList<string> Validate { get; init; } = [];
}

internal sealed record HealthCheckDefinition
{
    /// <summary>Absolute http(s) URL.</summary>
    public required string Http { get; init; }

    /// <summary><c>host</c>, <c>runner</c> or <c>container</c> (the instance's own address).</summary>
    public string From { get; init; } = "host";

    /// <summary>Dotted path of the version in a JSON answer; null when it carries none.</summary>
    public string? Version { get; init; }

    /// <summary>Accepted status code.</summary>
    public int Status { get; init; } = 200;

    public TimeSpan Timeout { get; init; } = TimeSpan.FromSeconds(5);
}

/// <summary>Exactly one member is set.</summary>
internal sealed record BackupSourceDefinition
{
    /// <summary>A name under <c>databases:</c>.</summary>
    public string? Database { get; init; }

    /// <summary>Connections that dump <see cref="Database"/> at once; null for one, whose dump needs no room beside the server. PostgreSQL only.</summary>
    public int? Jobs { get; init; }

    /// <summary>A volume as the compose file names it, or a Docker volume's full name.</summary>
    public string? Volume { get; init; }

    /// <summary>Files relative to the platform's directory.</summary>
    public IReadOnlyList<string>? Files { get; init; }

    /// <summary>A folder, absolute or relative to the platform's directory.</summary>
    public string? Folder { get; init; }

    /// <summary>A name under <c>databases:</c>: all databases of its server, with roles and tablespaces. PostgreSQL only.</summary>
    public string? Cluster { get; init; }

    /// <summary>A name under <c>databases:</c>: roles and tablespaces of its server alone. PostgreSQL only.</summary>
    public string? Globals { get; init; }

    /// <summary>An SQLite database file, absolute or relative to the platform's directory, or to <see cref="InVolume"/>.</summary>
    public string? Sqlite { get; init; }

    /// <summary>The volume that <see cref="Sqlite"/> is in, as the compose file names it, or a Docker volume's full name.</summary>
    public string? InVolume { get; init; }

    public CommandSourceDefinition? Command { get; init; }

    public RaftSourceDefinition? Raft { get; init; }
}

/// <summary>Raft storage of a Vault or an OpenBao.</summary>
internal sealed record RaftSourceDefinition
{
    public required string Name { get; init; }

    /// <summary>Absolute http(s) URL, such as <c>https://127.0.0.1:8200</c>.</summary>
    public required string Address { get; init; }

    /// <summary>A secret reference.</summary>
    public required string Token { get; init; }
}

/// <summary>A command whose output is backed up.</summary>
internal sealed record CommandSourceDefinition
{
    public required string Name { get; init; }

    /// <summary>The command and its arguments, run in the platform's directory.</summary>
    public required IReadOnlyList<string> Run { get; init; }

    /// <summary>What gets the output on its standard input to restore it; empty for nothing.</summary>
    public IReadOnlyList<string> Restore { get; init; } = [];
}

internal sealed record MigrationsDefinition
{
    /// <summary>A name under <c>databases:</c>.</summary>
    public required string Database { get; init; }

    /// <summary>The tracker's table; null to compare the catalogue alone.</summary>
    public string? Table { get; init; }

    /// <summary>Instead of a table: SQL that gives version and, as far as it can, title, time and whether it failed.</summary>
    public string? Query { get; init; }

    /// <summary>The folder in a release that holds its migrations, as the platform reads it; null when they cannot be seen.</summary>
    public string? Files { get; init; }

    /// <summary>A folder of scripts that take migrations back, where they do not stand beside them.</summary>
    public string? Down { get; init; }

    /// <summary>The folder of the repository that becomes <see cref="Files"/>; null to conclude it from there. Relative to the repository's root.</summary>
    public string? Source { get; init; }

    /// <summary><c>on-start</c>, <see cref="BeforeSwitch"/> or <see cref="AfterSwitch"/>.</summary>
    public string Run { get; init; } = OnStart;

    /// <summary>The command that runs them, with its arguments; empty when only the application itself does.</summary>
    public IReadOnlyList<string> Command { get; init; } = [];

    /// <summary>The Compose service in whose image and environment the command runs; null for the one that carries the version.</summary>
    public string? Service { get; init; }

    /// <summary>How long the command may take.</summary>
    public TimeSpan Timeout { get; init; } = TimeSpan.FromMinutes(30);

    public const string OnStart = "on-start";

    /// <summary>By the command, before the old version is stopped for the new one.</summary>
    public const string BeforeSwitch = "before-switch";

    /// <summary>By the command, when the new version was started.</summary>
    public const string AfterSwitch = "after-switch";
}
