using System.Net;
using Npgsql;
using UpgradeOps.Engine.Apps.Definition;
using UpgradeOps.Engine.Apps.Secrets;
using UpgradeOps.Engine.Hosts.Local;
using UpgradeOps.Engine.Operations;

namespace UpgradeOps.Engine.State.PostgreSql;

/// <summary>Which schema of which database, and how to connect to it. The password is asked for at the first connection.</summary>
internal sealed class PostgresPlace(PostgreSqlStateDefinition definition, ISecretResolver secrets)
{
    private string? _password;

    /// <summary>As SQL writes it: the definition allows nothing in it that would need more care.</summary>
    public string Schema { get; } = $"\"{definition.Schema}\"";

    public string SchemaName => definition.Schema;

    public string User => definition.User;

    public string Location { get; } = $"postgresql://{definition.Address}:{definition.Port}/{definition.Database} (schema {definition.Schema})";

    public static PostgresPlace Of(PostgreSqlStateDefinition definition, EngineOptions options) =>
        // References are absolute by now, so no folder is relative to another.
        new(definition, new SecretResolver(Path.GetPathRoot(Environment.CurrentDirectory)!, new LocalHost().Files, options, new Redaction()));

    /// <summary>Opens a connection.</summary>
    /// <param name="pooled">One that may be shared with later readers; otherwise closing it ends the server's session.</param>
    /// <exception cref="AppException">Classified by <see cref="PostgresFaults"/>; <see cref="ErrorIds.SecretNotFound"/>.</exception>
    public async Task<NpgsqlConnection> ConnectAsync(bool pooled, CancellationToken cancellationToken)
    {
        if (definition.Password is not null)
        {
            _password ??= await secrets.ResolveAsync(definition.Password, cancellationToken).ConfigureAwait(false);
        }

        var connection = new NpgsqlConnection(Settings(pooled));
        try
        {
            await connection.OpenAsync(cancellationToken).ConfigureAwait(false);
            return connection;
        }
        catch
        {
            await connection.DisposeAsync().ConfigureAwait(false);
            throw;
        }
    }

    internal string Settings(bool pooled) => new NpgsqlConnectionStringBuilder
    {
        Host = definition.Address,
        Port = definition.Port,
        Database = definition.Database,
        Username = definition.User,
        Password = _password,
        SslMode = definition.Tls switch
        {
            "off" => SslMode.Disable,
            null when IsLoopback(definition.Address) => SslMode.Prefer,
            _ => SslMode.VerifyFull,
        },
        RootCertificate = definition.CertificateAuthority,
        ApplicationName = "upgradeops",
        Pooling = pooled,
        MaxPoolSize = 10,
        ConnectionIdleLifetime = 10,
        ConnectionPruningInterval = 5,
        Timeout = 10,
        CommandTimeout = 15,
        TcpKeepAlive = true,
        TcpKeepAliveTime = 15,
        TcpKeepAliveInterval = 5,
        // A runner that is paused or cut off in the middle of a transaction must not hold up the next one, and the server is to
        // notice within half a minute that a runner's machine has gone without a word.
        Options = "-c idle_in_transaction_session_timeout=15000 -c lock_timeout=10000 -c client_min_messages=warning"
            + " -c tcp_keepalives_idle=15 -c tcp_keepalives_interval=5 -c tcp_keepalives_count=3",
    }.ConnectionString;

    private static bool IsLoopback(string address) =>
        address == "localhost" || (IPAddress.TryParse(address, out var ip) && IPAddress.IsLoopback(ip));
}
