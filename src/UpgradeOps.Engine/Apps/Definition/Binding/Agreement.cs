using UpgradeOps.Engine.Apps.Definition.Reading;

namespace UpgradeOps.Engine.Apps.Definition.Binding;

/// <summary>What must fit together between the parts of a definition; told at the place where it does not.</summary>
internal static class Agreement
{
    public static void Check(AppDefinition definition, Section root)
    {
        CheckDatabaseNames(definition, root);
        if (definition.OnFailureData == DataPolicy.Restore && !definition.Backups.Any(b => b.Files is null))
            root.Child("onFailure", DefinitionKeys.OnFailure)?.Wrong("data", "restore needs a backup of data", "Declare the database, volume or folder under backups, or use stop.");
        CheckMigrations(definition, root);
        if (definition.Platform is { Compose: null, Service: not null })
            CheckService(root, definition.Platform.Service);
        if (definition.Platform.Service is { Supervisor: ServiceDefinition.WindowsService })
            CheckWindowsService(definition, root);
        if (definition.Host != "local")
            CheckRemote(root);
        if (definition.Platform is { Compose: not null, Service: null })
        {
            CheckCompose(root, definition.Platform.Compose);
        }
    }

    private static void CheckCompose(Section root, ComposeDefinition compose)
    {
        var releases = root.Child("releases", DefinitionKeys.Releases);
        var wanted = compose.Build is null ? "Use 'image: …' instead." : "Use 'git: …' instead.";
        releases?.MustNotHave("folder", "the platform compose takes versions from an image repository, or builds them from git", wanted);
        releases?.MustNotHave("github", "the platform compose takes versions from an image repository, or builds them from git", wanted);
        if (compose.Build is not null)
            releases?.MustNotHave("image", "platform.compose.build builds the images from git", wanted);
        else
            releases?.MustNotHave("git", "platform.compose.version names the tag of a published image", "Use 'image: …' instead, or 'platform: { compose: { …, build: {} } }' to build the images from git.");
    }

    private static void CheckDatabaseNames(AppDefinition definition, Section root)
    {
        var referring = root.Children("backups", DefinitionKeys.Backup).Append(root.Child("migrations", DefinitionKeys.Migrations));
        foreach (var section in root.Children("backups", DefinitionKeys.Backup))
        {
            CheckCluster(section, definition);
            CheckJobs(section, definition);
        }

        foreach (var section in referring)
        {
            if (section?.Text("database", TextRule.PartName) is { } name && !definition.Databases.ContainsKey(name))
            {
                section.Wrong("database", $"there is no database '{name}'", definition.Databases.Count == 0
                    ? "Declare it under databases."
                    : $"Use {string.Join(" or ", definition.Databases.Keys)}, or declare it under databases.");
            }
        }
    }

    private static void CheckMigrations(AppDefinition definition, Section root)
    {
        if (definition.Migrations is not { } migrations || root.Child("migrations", DefinitionKeys.Migrations) is not { } section)
            return;
        if (migrations is { Table: not null, Query: not null })
            section.Wrong("query", "the table says it already", "Give table or query.");
        if (migrations is { Down: not null, Files: null })
            section.Wrong("down", "nothing tells what it takes back", "Add 'files:' with the folder of the migrations.");
        if (migrations is { Source: not null, Files: null })
            section.Wrong("source", "nothing tells what it becomes in a release", "Add 'files:' with the folder of the migrations.");
        if (migrations.Source is not null && definition.Releases.Git is null)
            section.Wrong("source", "only releases from git have a repository", "Take versions from 'releases: { git: … }', or remove it.");
        if (migrations.Run != MigrationsDefinition.OnStart && !section.Has("command"))
            section.Missing("command", "Write the command that runs the migrations and its arguments as a list.");
        foreach (var key in new[] { "service", "timeout" }.Where(k => section.Has(k) && !section.Has("command")))
            section.Wrong(key, "it counts beside 'command' only", "Remove it.");
        if (definition.Platform.Compose is null)
            section.MustNotHave("service", "it is a service of a compose file, and this platform has none", "Remove it: the command runs in the release's folder.");
        foreach (var (key, folder) in new[] { ("files", migrations.Files), ("down", migrations.Down) })
        {
            if (folder?.StartsWith("image:", StringComparison.Ordinal) == true && definition.Platform.Compose is null)
                section.Wrong(key, "the platform service has no images", "Write the folder as it stands in a release, such as migrations.");
        }
    }

    private static void CheckCluster(Section section, AppDefinition definition)
    {
        foreach (var key in new[] { "cluster", "globals" })
        {
            if (section.Text(key, TextRule.PartName) is not { } name)
                continue;
            if (!definition.Databases.TryGetValue(name, out var database))
                section.Wrong(key, $"there is no database '{name}'", "Declare it under databases.");
            else if (database.Engine != "postgresql")
                section.Wrong(key, $"database '{name}' is {database.Engine}, and only PostgreSQL has a cluster", "Use 'database:' instead.");
        }
    }

    private static void CheckJobs(Section section, AppDefinition definition)
    {
        if (!section.Has("jobs") || section.Text("database", TextRule.PartName) is not { } name || !definition.Backups.Any(b => b.Database == name && b.Jobs is not null))
            return;
        if (definition.Databases.TryGetValue(name, out var database) && database.Engine != "postgresql")
            section.Wrong("jobs", $"database '{name}' is {database.Engine}, and only PostgreSQL's tool dumps by several connections", "Remove it.");
    }

    private static void CheckService(Section root, ServiceDefinition service)
    {
        if (service.Build is not null && root.Child("releases", DefinitionKeys.Releases)?.Has("git") != true)
            root.Child("platform", DefinitionKeys.Platform)?.Child("service", DefinitionKeys.Service)?.Wrong("build", "only what comes from git is built", "Take versions from 'releases: { git: … }', or remove it.");
        root.Child("releases", DefinitionKeys.Releases)?.MustNotHave("image", "the platform service takes versions from a folder, from git or from GitHub", "Use 'folder: …', 'git: …' or 'github: …' instead.");
        foreach (var backup in root.Children("backups", DefinitionKeys.Backup))
            backup.MustNotHave("volume", "a volume belongs to Docker, and this platform has none", "Use 'folder: …' instead.");
        foreach (var (_, database) in root.NamedChildren("databases", DefinitionKeys.Database, TextRule.PartName))
            database.Child("at", DefinitionKeys.DatabaseAt)?.MustNotHave("service", "it is a service of a compose file, and this platform has none", "Use 'address: …' instead.");
        foreach (var check in root.Children("health", DefinitionKeys.Health).Where(h => h.Text("from") == "container"))
            check.Wrong("from", "'container' needs a container, and this platform has none", "Use host.");
    }

    /// <summary>What this version does on a machine with a POSIX shell only.</summary>
    private static void CheckWindowsService(AppDefinition definition, Section root)
    {
        const string windows = "this version does not do that on Windows";
        if (definition.Host != "local")
            root.Wrong("host", "a Windows service is told on its own machine only", "Run UpgradeOps on that machine, with 'host: local'.", ErrorIds.DefinitionNotImplemented);
        var service = root.Child("platform", DefinitionKeys.Platform)?.Child("service", DefinitionKeys.Service);
        var releases = root.Child("releases", DefinitionKeys.Releases);
        var migrations = root.Child("migrations", DefinitionKeys.Migrations);
        foreach (var (section, key, fix) in new[]
        {
            (service, "build", "Let releases come built, in 'releases: { folder: … }'."),
            (releases, "git", "Use 'folder: …' instead."),
            (releases, "github", "Use 'folder: …' instead."),
            (migrations, "command", "Use 'run: on-start', and let the application migrate at its start."),
            (root, "rehearse", "Remove it."),
        })
        {
            if (section?.Has(key) == true)
                section.Wrong(key, windows, fix, ErrorIds.DefinitionNotImplemented);
        }
    }

    /// <summary>What works on this machine only, so far.</summary>
    private static void CheckRemote(Section root)
    {
        foreach (var backup in root.Children("backups", DefinitionKeys.Backup))
        {
            if (backup.Has("inVolume"))
                backup.Wrong("inVolume", "an SQLite database in a volume is copied on its own machine only", "Use 'volume: …' with 'quiesce: stop', or run UpgradeOps on that machine, with 'host: local'.", ErrorIds.DefinitionNotImplemented);
        }
    }
}
