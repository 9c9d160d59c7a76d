using UpgradeOps.Engine.Apps.Definition;
using UpgradeOps.Engine.Databases;

namespace UpgradeOps.Engine.Migrations;

/// <summary>Fingerprints the catalogue.</summary>
internal sealed class SchemaProbe(AppDefinition definition, IReadOnlyDictionary<string, IDatabase> databases) : ISchemaProbe
{
    public async Task<SchemaState?> ReadAsync(CancellationToken cancellationToken)
    {
        if (definition.Migrations is not { } m) return null;
        var text = await databases[m.Database].DescribeSchemaAsync(cancellationToken).ConfigureAwait(false);
        return new SchemaState { Database = m.Database, Fingerprint = Convert.ToHexString(System.Security.Cryptography.SHA256.HashData(System.Text.Encoding.UTF8.GetBytes(text))).ToLowerInvariant() };
    }
}
