using UpgradeOps.Engine.Apps.Definition.Reading;
using UpgradeOps.Engine.Apps.Secrets;

namespace UpgradeOps.Engine.Apps.Definition.Binding;

/// <summary><c>state:</c></summary>
internal static class StateBinding
{
    /// <param name="directory">The platform's, where paths of secrets start.</param>
    /// <param name="host">The application's.</param>
    public static StateDefinition? Bind(Section root, FolderPath folder, string directory, string host)
    {
        // Where nothing is said it stands on the host, and the catalogue has to know on which.
        if (root.Child("state", DefinitionKeys.State) is not { } section)
            return folder.IsRemote ? new StateDefinition { Host = host } : null;

        section.ExactlyOne("folder", "postgresql");
        return new StateDefinition
        {
            Host = folder.IsRemote && !section.Has("postgresql") ? host : null,
            Folder = section.Text("folder") is { } path ? folder.OnHost(section, "folder", path) : null,
            PostgreSql = section.Child("postgresql", DefinitionKeys.StatePostgreSql) is { } server ? PostgreSql(server, folder, folder.IsRemote ? folder.Folder : directory) : null,
            Backups = Path(section, "backups", folder),
        };
    }

    private static PostgreSqlStateDefinition PostgreSql(Section section, FolderPath folder, string directory)
    {
        if (section.Has("certificateAuthority") && section.Text("tls") == "off")
            section.Wrong("certificateAuthority", "it counts for nothing without TLS", "Remove it, or write 'tls: verify'.");
        return new PostgreSqlStateDefinition
        {
            Address = section.RequiredText("address", TextRule.Address, "Name the server, such as 'address: db.example.org'."),
            Port = section.Number("port", 1, 65535) ?? 5432,
            Database = section.RequiredText("database", TextRule.DatabaseName, "Name the database."),
            Schema = section.Text("schema", TextRule.SchemaName) ?? "upgradeops",
            User = section.RequiredText("user", TextRule.Any, "Name the role; docs/state.md says what it must be granted."),
            Password = section.Text("password", TextRule.Secret) is { } password ? SecretReference.Absolute(password, directory) : null,
            Tls = section.Has("tls") ? section.Choice("tls", "verify", ["verify", "off"]) : null,
            CertificateAuthority = Path(section, "certificateAuthority", folder),
        };
    }

    private static string? Path(Section section, string key, FolderPath folder) =>
        section.Text(key) is { } path ? folder.Here(path) : null;
}
