namespace UpgradeOps.Engine.Apps.Definition;

/// <summary>
/// Where state is kept: in <see cref="Folder"/>, in <see cref="PostgreSql"/>, or, with neither, in the default folder. It stands on its own:
/// the catalogue remembers it, so that state is found when the definition is gone.
/// </summary>
internal sealed record StateDefinition
{
    /// <summary><c>ssh://user@host:port</c> where <see cref="Folder"/>, or the default folder, is on another machine; null for this one, and for a database.</summary>
    public string? Host { get; init; }

    /// <summary>Absolute.</summary>
    public string? Folder { get; init; }

    public PostgreSqlStateDefinition? PostgreSql { get; init; }

    /// <summary>Absolute folder of this machine that holds the backups; null beside the state, or below the default folder when that is a database or on another machine.</summary>
    public string? Backups { get; init; }
}

/// <summary>A schema of a PostgreSQL database.</summary>
internal sealed record PostgreSqlStateDefinition
{
    public required string Address { get; init; }

    public int Port { get; init; } = 5432;

    public required string Database { get; init; }

    public string Schema { get; init; } = "upgradeops";

    public required string User { get; init; }

    /// <summary>A secret reference with an absolute path; null where the server asks for none.</summary>
    public string? Password { get; init; }

    /// <summary><c>verify</c>: the server's certificate and name are checked; <c>off</c>. Null for verify, but off on a loopback address.</summary>
    public string? Tls { get; init; }

    /// <summary>Absolute path of a file with the certificate authority in PEM; null for the machine's own.</summary>
    public string? CertificateAuthority { get; init; }
}
