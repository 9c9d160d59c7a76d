using UpgradeOps.Engine.Apps.Definition;

namespace UpgradeOps.Integration.State;

/// <summary>One server for all tests of a class; each test has a schema of its own.</summary>
public sealed class StateServer : IAsyncLifetime
{
    private PostgresServer? _server;

    public PostgresServer Server => _server ?? throw new InvalidOperationException("No server was started.");

    public async ValueTask InitializeAsync()
    {
        if (Require.Has(Part.Postgres))
        {
            // The journal must be on disk whatever the server's default is.
            _server = await PostgresServer.StartAsync("synchronous_commit=off");
        }
    }

    public async ValueTask DisposeAsync()
    {
        if (_server is not null)
        {
            await _server.DisposeAsync();
        }
    }

    internal static StateDefinition Place(PostgresServer server, string schema) => new()
    {
        PostgreSql = new PostgreSqlStateDefinition
        {
            Address = "127.0.0.1",
            Port = server.Port,
            Database = "postgres",
            Schema = schema,
            User = PostgresServer.User,
            Password = $"file:{server.PasswordFile}",
        },
    };

    internal static string NewSchema() => $"t_{Guid.NewGuid():N}";
}
