using UpgradeOps.Engine.Apps.Definition;
using UpgradeOps.Engine.Apps.Secrets;
using UpgradeOps.Engine.Databases.MariaDb;
using UpgradeOps.Engine.Databases.PostgreSql;
using UpgradeOps.Engine.Databases.Tools;
using UpgradeOps.Engine.Docker;
using UpgradeOps.Engine.Hosts;
using UpgradeOps.Engine.Hosts.Local;
using UpgradeOps.Engine.Hosts.Work;

namespace UpgradeOps.Engine.Databases;

/// <summary>Makes an application's databases from its definition. Nothing is connected to here.</summary>
/// <param name="docker">Null where no Docker Engine is used; then every database must be declared by address.</param>
internal sealed class DatabaseFactory(IHost host, ISecretResolver secrets, DockerClient? docker, TimeProvider time)
{
    private const int PostgresPort = 5432;
    private const int MariaDbPort = 3306;

    private readonly SpooledCommand? _spool = host.Address == LocalHost.Name ? null : new SpooledCommand(host, time);

    /// <returns>By the name under <c>databases:</c>.</returns>
    public IReadOnlyDictionary<string, IDatabase> Create(AppDefinition definition) =>
        definition.Databases.ToDictionary(d => d.Key, d => Create(d.Key, d.Value, definition));

    /// <summary>Puts a database on tools that are at hand, wherever they run.</summary>
    internal IDatabase Create(string id, DatabaseDefinition database, IToolRunner runner)
    {
        if (database.Engine == PostgresDatabase.EngineName)
        {
            var tools = new DatabaseTools(runner, secrets, database.Password, "PGPASSWORD", PostgresFailure.Recognise);
            return new PostgresDatabase(id, database.Database, new PostgresServer(tools, new PostgresCommands(runner.Server, database.User)), time);
        }

        if (database.Engine == MariaDbDatabase.EngineName)
        {
            var tools = new DatabaseTools(runner, secrets, database.Password, "MYSQL_PWD", MariaDbFailure.Recognise);
            return new MariaDbDatabase(id, database.Database, new MariaDbServer(tools, new MariaDbCommands(runner.Server, database.User)));
        }

        throw new AppException(ErrorIds.DefinitionNotImplemented, $"databases.{id}.engine: '{database.Engine}' is not known here.", id);
    }

    private IDatabase Create(string id, DatabaseDefinition database, AppDefinition definition)
    {
        var port = database.Port ?? (database.Engine == PostgresDatabase.EngineName ? PostgresPort : MariaDbPort);
        if (database.Service is null)
            return Create(id, database, new HostTools(host, new ServerAddress(database.Address ?? "127.0.0.1", port), _spool));
        if (definition.Platform.Compose is not { } compose || docker is null)
            throw new AppException(ErrorIds.DefinitionInvalid, $"databases.{id}.at.service names a Compose service, but {definition.Name} does not run on Compose.", definition.Path);
        return Create(id, database, new ContainerTools(docker, new ServiceContainer(docker, compose, database.Service), port, _spool));
    }
}
