using UpgradeOps.Engine.Databases.Dumps;

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

    /// <summary>
    /// Runs SQL text on the live database, up to the first statement that fails: all or nothing where the engine has transactions for it
    /// (PostgreSQL). No statement may reach beyond the database.
    /// </summary>
    /// <exception cref="AppException"><see cref="ErrorIds.RestoreFailed"/>: one does; <see cref="ErrorIds.DatabaseToolFailed"/> with the server's message.</exception>
    Task ExecuteScriptAsync(string sql, CancellationToken cancellationToken);

    /// <summary>Writes a consistent dump, and fails unless the tool exited 0 and the dump carries its end mark.</summary>
    /// <param name="output">Gets the stock format: a PostgreSQL custom archive, or SQL text for MariaDB; uncompressed.</param>
    /// <param name="database">Null for the live one.</param>
    Task DumpAsync(Stream output, CancellationToken cancellationToken, string? database = null);

    /// <summary>Writes SQL text of the whole server that this database is on: roles, tablespaces and all databases, or without those.</summary>
    Task DumpClusterAsync(Stream output, bool globalsOnly, CancellationToken cancellationToken) => throw new NotSupportedException();

    /// <summary>True when <see cref="DumpPackedAsync"/> is quicker than <see cref="DumpAsync"/>: what is written travels far, and zstd stands where the tools run.</summary>
    Task<bool> CanPackAsync(CancellationToken cancellationToken) => Task.FromResult(false);

    /// <summary>Writes a consistent dump, packed by zstd where the tool runs, and fails unless both ended well.</summary>
    /// <param name="database">Null for the live one.</param>
    /// <remarks>Whether it is whole shows only when it is unpacked: <see cref="ThrowIfCut"/>.</remarks>
    Task DumpPackedAsync(Stream zstd, CancellationToken cancellationToken, string? database = null) => throw new NotSupportedException();

    /// <summary>
    /// Writes a consistent dump by several connections at once: a tar archive of the folder that the tool makes, where it runs; there has to be
    /// room for all of it. PostgreSQL only.
    /// </summary>
    /// <param name="packed">By zstd, where the tool runs.</param>
    Task DumpFolderAsync(Stream tar, int jobs, bool packed, CancellationToken cancellationToken) => throw new NotSupportedException();

    /// <summary>Fails unless a dump begins and ends as its tool writes it.</summary>
    /// <exception cref="AppException"><see cref="ErrorIds.BackupDamaged"/>.</exception>
    void ThrowIfCut(MarkedStream dump)
    {
    }

    /// <summary>Reads a dump to its end and fails unless it is whole by its own format; nothing is loaded.</summary>
    /// <exception cref="AppException"><see cref="ErrorIds.BackupDamaged"/>.</exception>
    Task VerifyDumpAsync(Stream dump, DumpFormat format, CancellationToken cancellationToken);

    /// <summary>
    /// Loads a dump into a new, empty database; stops at the first error and leaves no half-loaded database behind. What a killed load
    /// left under the name does not count as existing and is cleared away first.
    /// </summary>
    /// <exception cref="AppException">
    /// <see cref="ErrorIds.DatabaseNameTaken"/>: there is one; <see cref="ErrorIds.RestoreFailed"/>: the dump's SQL reaches beyond the database
    /// (the message names the line); <see cref="ErrorIds.BackupDamaged"/>.
    /// </exception>
    Task LoadAsync(Dump dump, string intoDatabase, CancellationToken cancellationToken);

    /// <summary>
    /// Puts <paramref name="loaded"/> in the live database's place: sessions ended, the live one renamed to <paramref name="aside"/>,
    /// the loaded one to the live name. Observable and repeatable: goes on from wherever a crash left it.
    /// </summary>
    Task SwapAsync(string loaded, string aside, CancellationToken cancellationToken);

    /// <summary>
    /// Takes a swap back, finished or not: <paramref name="aside"/> becomes live again, and what was live meanwhile gets the name
    /// <paramref name="loaded"/>: the one that it had, or after a finished swap another free one. Nothing happens to a swap that was never begun.
    /// </summary>
    Task SwapBackAsync(string loaded, string aside, CancellationToken cancellationToken);

    /// <summary>True when there is such a database and it is whole.</summary>
    Task<bool> ExistsAsync(string database, CancellationToken cancellationToken);

    /// <summary>Drops a database, or what an interrupted load left of it; nothing happens when there is none. Never the live one.</summary>
    Task DropAsync(string database, CancellationToken cancellationToken);

    /// <summary>Rows by table of a database, exact.</summary>
    Task<IReadOnlyDictionary<string, long>> CountRowsAsync(string database, CancellationToken cancellationToken);

    /// <summary>
    /// How far each table's growing key has come (a single-column primary key that the server numbers), by the same names as
    /// <see cref="CountRowsAsync"/>; tables without one are left out. Costs a look into each key, not a scan.
    /// </summary>
    Task<IReadOnlyDictionary<string, RowMark>> MarkRowsAsync(CancellationToken cancellationToken);

    /// <summary>Rows of the live database beyond marks that were taken earlier; tables whose key is another now are left out.</summary>
    Task<IReadOnlyDictionary<string, long>> CountNewerAsync(IReadOnlyDictionary<string, RowMark> marks, CancellationToken cancellationToken);

    /// <summary>A stable text of tables, columns and what else a schema has, for a fingerprint: equal before a dump and after its load.</summary>
    /// <param name="database">Null for the live one.</param>
    Task<string> DescribeSchemaAsync(CancellationToken cancellationToken, string? database = null);
}

internal enum DumpFormat
{
    PostgresCustom,
    PlainSql,

    /// <summary>SQL text of <c>pg_dump --create</c>: it makes its database and changes to it.</summary>
    PostgresCreating,

    /// <summary>SQL text of <c>pg_dumpall</c>; of it only the part of the live database's name is loaded.</summary>
    PostgresCluster,

    /// <summary>A tar archive of the folder that <c>pg_dump -Fd</c> writes.</summary>
    PostgresFolder,
}

/// <summary>Where a table's growing key stood.</summary>
/// <param name="Value">The highest; null when the table was empty.</param>
internal sealed record RowMark(string Column, long? Value);

internal sealed record DatabaseInfo(Version ServerVersion, Version ToolVersion, long SizeBytes);
