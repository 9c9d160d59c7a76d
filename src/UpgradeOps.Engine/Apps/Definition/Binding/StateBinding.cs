using UpgradeOps.Engine.Apps.Definition.Reading;
using UpgradeOps.Engine.Apps.Secrets;

namespace UpgradeOps.Engine.Apps.Definition.Binding;

/// <summary><c>state:</c></summary>
internal static class StateBinding
{
    /// <param name="directory">The platform's, where paths of secrets start.</param>
    public static StateDefinition? Bind(Section root, string folder, string directory)
    {
        if (root.Child("state", DefinitionKeys.State) is not { } section)
            return null;

        section.ExactlyOne("folder", "postgresql");
        return new StateDefinition
        {
            Folder = Path(section, "folder", folder),
            PostgreSql = section.Child("postgresql", DefinitionKeys.StatePostgreSql) is { } server ? PostgreSql(server, folder, directory) : null,
            Backups = Path(section, "backups", folder),
        };
    }

    private static PostgreSqlStateDefinition PostgreSql(Section section, string folder, string directory)
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

    private static string? Path(Section section, string key, string folder) =>
        section.Text(key) is { } path ? FolderPath.Absolute(path, folder) : null;
}
