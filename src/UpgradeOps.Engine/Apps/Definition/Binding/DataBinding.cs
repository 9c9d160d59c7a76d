using UpgradeOps.Engine.Apps.Definition.Reading;

namespace UpgradeOps.Engine.Apps.Definition.Binding;

/// <summary><c>databases:</c>, <c>backups:</c>, <c>migrations:</c>, <c>onFailure:</c></summary>
internal static class DataBinding
{
    private const int MostKept = 10_000;
    private const int MostJobs = 32;

    public static IReadOnlyDictionary<string, DatabaseDefinition> Databases(Section root) =>
        root.NamedChildren("databases", DefinitionKeys.Database, TextRule.PartName).ToDictionary(d => d.Name, d => Database(d.Section));

    public static IReadOnlyList<BackupSourceDefinition> Backups(Section root) =>
        [.. root.Children("backups", DefinitionKeys.Backup).Select(Backup)];

    public static QuiesceMode Quiesce(Section root) => root.Choice("quiesce", "none", ["none", "pause", "stop"]) switch
    {
        "pause" => QuiesceMode.Pause,
        "stop" => QuiesceMode.Stop,
        _ => QuiesceMode.None,
    };

    public static ProofLevel Prove(Section root) => root.Choice("prove", "structure", ["none", "checksum", "structure", "restore"]) switch
    {
        "none" => ProofLevel.None,
        "checksum" => ProofLevel.Checksum,
        "restore" => ProofLevel.Restore,
        _ => ProofLevel.Structure,
    };

    public static RetentionDefinition? Retention(Section root)
    {
        if (root.Child("retention", DefinitionKeys.Retention) is not { } section)
            return null;
        var retention = new RetentionDefinition
        {
            Last = section.Number("last", 0, MostKept) ?? 0,
            Daily = section.Number("daily", 0, MostKept) ?? 0,
            Weekly = section.Number("weekly", 0, MostKept) ?? 0,
            Monthly = section.Number("monthly", 0, MostKept) ?? 0,
        };
        string[] all = ["last", "daily", "weekly", "monthly"];
        section.AtLeastOne(all);
        if (retention == new RetentionDefinition() && all.FirstOrDefault(section.Has) is { } key)
            section.Wrong(key, "this would keep no backup at all", "Say how many are kept, such as 'retention: { last: 7, weekly: 8 }', or remove it to keep all.");
        return retention;
    }

    public static MigrationsDefinition? Migrations(Section root) =>
        root.Child("migrations", DefinitionKeys.Migrations) is not { } section
            ? null
            : new MigrationsDefinition
            {
                Database = section.RequiredText("database", TextRule.PartName, "Name one of databases."),
                Table = section.Text("table", TextRule.Table),
                Query = section.Text("query", TextRule.Any),
                Files = section.Text("files", TextRule.ReleaseFolder),
                Source = section.Text("source", TextRule.TreePath),
                Down = section.Text("down", TextRule.ReleaseFolder),
                Run = section.Choice("run", MigrationsDefinition.OnStart, [MigrationsDefinition.OnStart, MigrationsDefinition.BeforeSwitch, MigrationsDefinition.AfterSwitch]),
                Command = section.Texts("command", TextRule.Any),
                Service = section.Text("service", TextRule.PartName),
                Timeout = section.Time("timeout", TimeSpan.FromMinutes(30), TimeSpan.FromSeconds(1), TimeSpan.FromDays(7)),
            };

    public static DataPolicy OnFailure(Section root) =>
        root.Child("onFailure", DefinitionKeys.OnFailure)?.Choice("data", "stop", ["keep", "restore", "stop"]) switch
        {
            "keep" => DataPolicy.Keep,
            "restore" => DataPolicy.Restore,
            _ => DataPolicy.Stop,
        };

    private static DatabaseDefinition Database(Section section)
    {
        if (!section.Has("engine"))
            section.Missing("engine", "Use postgresql or mariadb.");
        var at = section.RequiredChild("at", DefinitionKeys.DatabaseAt, "Say where it runs: 'at: { service: db }', or an address.");
        at?.ExactlyOne("service", "address");
        if (at is not null && at.Has("port") && at.Has("service"))
            at.Wrong("port", "a service needs no port: its tools run inside its container", "Remove it.");
        return new DatabaseDefinition
        {
            Engine = section.Choice("engine", "postgresql", ["postgresql", "mariadb"], "mysql", "sqlite"),
            Service = at?.Text("service", TextRule.PartName),
            Address = at?.Text("address", TextRule.Address),
            Port = at?.Number("port", 1, 65535),
            Database = section.RequiredText("name", TextRule.DatabaseName, "Name the database."),
            User = section.RequiredText("user", TextRule.Any, "Name the user who may dump and load it."),
            Password = section.Text("password", TextRule.Secret),
            Validate = section.Texts("validate", TextRule.Any),
        };
    }

    private static BackupSourceDefinition Backup(Section section)
    {
        section.ExactlyOne("database", "volume", "files", "folder", "cluster", "globals", "sqlite", "command", "raft");
        if (section.Has("inVolume") && !section.Has("sqlite"))
            section.Wrong("inVolume", "it says where an SQLite file is, and there is none", "Name the file: 'sqlite: app.db'; for the whole volume write 'volume:'.");
        if (section.Has("jobs") && !section.Has("database"))
            section.Wrong("jobs", "only the dump of a database can be made by several connections", "Write it beside 'database:', or remove it.");
        return new BackupSourceDefinition
        {
            Database = section.Text("database", TextRule.PartName),
            Jobs = section.Number("jobs", 2, MostJobs),
            Volume = section.Text("volume", TextRule.PartName),
            Files = section.Has("files") ? section.Texts("files", TextRule.Inside) : null,
            Folder = section.Text("folder"),
            Cluster = section.Text("cluster", TextRule.PartName),
            Globals = section.Text("globals", TextRule.PartName),
            Sqlite = section.Text("sqlite", section.Has("inVolume") ? TextRule.Inside : TextRule.Any),
            InVolume = section.Text("inVolume", TextRule.PartName),
            Command = section.Child("command", DefinitionKeys.BackupCommand) is { } command ? Command(command) : null,
            Raft = section.Child("raft", DefinitionKeys.BackupRaft) is { } raft ? Raft(raft) : null,
        };
    }

    private static RaftSourceDefinition Raft(Section section) => new()
    {
        Name = section.RequiredText("name", TextRule.PartName, "Give it a name, which its file in the backup gets."),
        Address = section.RequiredText("address", TextRule.Url, "Write where its API is, such as https://127.0.0.1:8200."),
        Token = section.RequiredText("token", TextRule.Secret, "Refer to a token that may read sys/storage/raft/snapshot."),
    };

    private static CommandSourceDefinition Command(Section section)
    {
        if (!section.Has("run"))
            section.Missing("run", "Write the command and its arguments as a list.");
        return new CommandSourceDefinition
        {
            Name = section.RequiredText("name", TextRule.PartName, "Give it a name, which its file in the backup gets."),
            Run = section.Texts("run", TextRule.Value),
            Restore = section.Texts("restore", TextRule.Value),
        };
    }
}
