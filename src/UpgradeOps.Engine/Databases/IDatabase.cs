namespace UpgradeOps.Engine.Databases;

/// <summary>
/// One database of an application, worked on with its engine's own tools where it runs (in its container, or from the host).
/// Passwords travel in the environment of the tool's process, never in its arguments.
/// </summary>
internal interface IDatabase
{
    /// <summary>The name under <c>databases:</c>.</summary>
    string Id { get; }

    /// <summary><c>postgresql</c> or <c>mariadb</c>.</summary>
    string Engine { get; }

    /// <summary>The live database's name.</summary>
    string Name { get; }

    /// <summary>Fails with a typed error when it cannot be reached, refuses the password, or the tools are older than the server.</summary>
    Task<DatabaseInfo> CheckAsync(CancellationToken cancellationToken);

    /// <summary>Runs a query and returns its rows as text, null for NULL.</summary>
    Task<IReadOnlyList<IReadOnlyList<string?>>> QueryAsync(string sql, CancellationToken cancellationToken, string? database = null);

    /// <summary>Writes a consistent dump, and fails unless the tool exited 0 and the dump carries its end mark.</summary>
    /// <param name="output">Gets the stock format: a PostgreSQL custom archive, or SQL text for MariaDB; uncompressed.</param>
    Task DumpAsync(Stream output, CancellationToken cancellationToken);

    /// <summary>Loads a dump into a new, empty database; stops at the first error and leaves no half-loaded database behind.</summary>
    Task LoadAsync(Stream dump, DumpFormat format, string intoDatabase, CancellationToken cancellationToken);

    /// <summary>
    /// Puts <paramref name="loaded"/> in the live database's place: sessions ended, the live one renamed to <paramref name="aside"/>,
    /// the loaded one to the live name. Observable and repeatable: goes on from wherever a crash left it.
    /// </summary>
    Task SwapAsync(string loaded, string aside, CancellationToken cancellationToken);

    /// <summary>Takes a swap back: the live one becomes <paramref name="loaded"/> again and <paramref name="aside"/> becomes live.</summary>
    Task SwapBackAsync(string loaded, string aside, CancellationToken cancellationToken);

    Task<bool> ExistsAsync(string database, CancellationToken cancellationToken);

    Task DropAsync(string database, CancellationToken cancellationToken);

    /// <summary>Rows by table of a database, exact.</summary>
    Task<IReadOnlyDictionary<string, long>> CountRowsAsync(string database, CancellationToken cancellationToken);

    /// <summary>A stable text of tables and columns, for a fingerprint.</summary>
    Task<string> DescribeSchemaAsync(CancellationToken cancellationToken);
}

internal enum DumpFormat
{
    PostgresCustom,
    PlainSql,
}

internal sealed record DatabaseInfo(Version ServerVersion, Version ToolVersion, long SizeBytes);
