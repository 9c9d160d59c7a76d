namespace UpgradeOps.Engine.Migrations;

/// <summary>Reads what schema the application's database has.</summary>
internal interface ISchemaProbe
{
    /// <returns>Null when the definition declares no migrations.</returns>
    Task<SchemaState?> ReadAsync(CancellationToken cancellationToken);
}
