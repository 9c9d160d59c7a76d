using System.Text;
using UpgradeOps.Engine.Apps.Definition;
using UpgradeOps.Engine.Apps.Secrets;
using UpgradeOps.Engine.Databases;
using UpgradeOps.Engine.Databases.Tools;
using UpgradeOps.Engine.Docker;
using UpgradeOps.Engine.Hosts.Local;

namespace UpgradeOps.Integration.Databases;

/// <summary>One database server in a container, and databases on it opened through their tools.</summary>
public abstract class DatabaseFixture(DatabaseKind kind) : IAsyncLifetime
{
    private readonly DockerClient _docker = new(DockerEndpoint.FromEnvironment(Environment.GetEnvironmentVariable), TimeProvider.System);
    private readonly LocalHost _host = new();
    private DatabaseContainer? _container;

    internal static Part[] Parts => [Part.Docker, Part.Postgres, Part.MariaDb];

    internal DatabaseContainer Container => _container!;

    internal string Engine => kind == DatabaseKind.Postgres ? "postgresql" : "mariadb";

    public async ValueTask InitializeAsync()
    {
        if (Require.Missing(Parts) is null)
            _container = await DatabaseContainer.StartAsync(kind, ServerOptions);
    }

    protected virtual string[] ServerOptions => [];

    /// <summary>Tools in the container, through the engine.</summary>
    internal IToolRunner InContainer() => new ContainerTools(
        _docker, new ServiceContainer(_docker, new ComposeDefinition { Directory = Container.Folder, Service = "app", Variable = "TAG" }, DatabaseContainer.Service), Container.Port);

    /// <summary>Tools of this machine, against the container's address: the same server, and quicker.</summary>
    internal IToolRunner OnHost() => new HostTools(_host, new ServerAddress(Container.Address, Container.Port));

    internal IDatabase Open(string name, IToolRunner? runner = null, string? password = null, string? user = null) =>
        new DatabaseFactory(_host, new GivenSecret(password ?? DatabaseContainer.Password), _docker, TimeProvider.System).Create(
            "main",
            new DatabaseDefinition { Engine = Engine, Database = name, User = user ?? Container.User, Password = "env:PASSWORD" },
            runner ?? OnHost());

    /// <summary>Runs SQL text as the administrator, in a database or in none.</summary>
    internal async Task SqlAsync(string sql, string? database = null)
    {
        var command = kind == DatabaseKind.Postgres
            ? new ToolCommand("psql", "-X", "-q", "-v", "ON_ERROR_STOP=1", "-h", Container.Address, "-U", "postgres", "-d", $"dbname='{(database ?? "postgres").Replace("\\", "\\\\").Replace("'", "\\'")}'", "-f", "-").With("PGPASSWORD", DatabaseContainer.Password)
            : new ToolCommand("mariadb", "--no-defaults", "--protocol=tcp", "-h", Container.Address, "-u", "root", "--default-character-set=utf8mb4", $"--database={database ?? "mysql"}").With("MYSQL_PWD", DatabaseContainer.Password);
        var result = await OnHost().RunAsync(command, new MemoryStream(Encoding.UTF8.GetBytes(sql)), null, default);
        if (!result.Succeeded)
            throw new InvalidOperationException($"{result.Error}\n{sql}");
    }

    public async ValueTask DisposeAsync()
    {
        if (_container is not null)
            await _container.DisposeAsync();
        await _docker.DisposeAsync();
    }

    private sealed class GivenSecret(string value) : ISecretResolver
    {
        public Task<string> ResolveAsync(string reference, CancellationToken cancellationToken) => Task.FromResult(value);
    }
}

public sealed class PostgresFixture() : DatabaseFixture(DatabaseKind.Postgres);

public sealed class MariaDbFixture() : DatabaseFixture(DatabaseKind.MariaDb)
{
    protected override string[] ServerOptions => ["--event-scheduler=ON"];
}
