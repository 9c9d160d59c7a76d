using UpgradeOps.Engine.Backups.Format;
using UpgradeOps.Engine.Databases;

namespace UpgradeOps.Engine.Backups.Dumps;

/// <summary>What a database engine's dump is, how it is stored, and who reads it.</summary>
/// <param name="Content">As in <see cref="Encodings"/>; empty for SQL text.</param>
internal sealed record DumpKind(DumpFormat Format, string Content, string Extension, bool IsPostgres, Func<IDumpReader> NewReader)
{
    public const string PostgreSql = "postgresql";

    private static readonly DumpKind Custom = new(DumpFormat.PostgresCustom, Encodings.PostgresCustom, ".dump", true, static () => new PostgresArchiveReader());

    /// <summary>By several connections at once.</summary>
    public static readonly DumpKind Folder = new(DumpFormat.PostgresFolder, Encodings.PostgresFolder, ".folder.tar", true, static () => new PostgresFolderReader());

    private static readonly DumpKind Sql = new(DumpFormat.PlainSql, "", ".sql", false, static () => new SqlDumpReader());

    /// <summary>True when a database of this engine can load it.</summary>
    public bool IsOf(string engine) => IsPostgres == (engine == PostgreSql);

    /// <summary>What the engine's tool writes into a stream.</summary>
    /// <param name="engine">As in the definition: <c>postgresql</c>, <c>mariadb</c>.</param>
    public static DumpKind Of(string engine) => engine == PostgreSql ? Custom : Sql;

    /// <summary>By a file's encoding; null for what is no dump.</summary>
    public static DumpKind? OfEncoding(string encoding) => Encodings.ContentOf(encoding) switch
    {
        Encodings.PostgresCustom => Custom,
        Encodings.PostgresFolder => Folder,
        "" when Encodings.CompressionOf(encoding) != Encodings.None => Sql,
        _ => null,
    };
}
