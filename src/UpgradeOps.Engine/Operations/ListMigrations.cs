namespace UpgradeOps.Engine.Operations;

/// <summary>Lists the migrations of an application: applied, pending, failed, changed since, unknown to the release.</summary>
public sealed class ListMigrations(EngineSession session)
{
    /// <param name="version">A release, to ask what it would apply and whether it can live with the database as it is: one that is here, or any version, tag, commit or channel of a git repository. Null for the one that runs.</param>
    /// <returns>In the order in which they apply.</returns>
    /// <exception cref="AppException"><see cref="ErrorIds.MigrationsNotDeclared"/>; <see cref="ErrorIds.MigrationFilesMissing"/>.</exception>
    public Task<IReadOnlyList<Migration>> RunAsync(string name, string? version, CancellationToken cancellationToken) => session.UseAsync(
        name,
        async rooms => (await rooms.Migrations.ReadAnyAsync(version, cancellationToken).ConfigureAwait(false)).Entries,
        cancellationToken);
}
