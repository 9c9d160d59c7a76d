using UpgradeOps.Engine.Backups.Format;
using UpgradeOps.Engine.Databases;

namespace UpgradeOps.Engine.Backups.Dumps;

/// <summary>What a database engine's dump is, how it is stored, and who reads it.</summary>
/// <param name="Content">As in <see cref="Encodings"/>; empty for SQL text.</param>
internal sealed record DumpKind(DumpFormat Format, string Content, string Extension, Func<IDumpReader> NewReader)
{
    public const string PostgreSql = "postgresql";

    private static readonly DumpKind Custom = new(DumpFormat.PostgresCustom, Encodings.PostgresCustom, ".dump", static () => new PostgresArchiveReader());

    private static readonly DumpKind Sql = new(DumpFormat.PlainSql, "", ".sql", static () => new SqlDumpReader());

    /// <param name="engine">As in the definition: <c>postgresql</c>, <c>mariadb</c>.</param>
    public static DumpKind Of(string engine) => engine == PostgreSql ? Custom : Sql;

    /// <summary>By a file's encoding; null for what is no dump.</summary>
    public static DumpKind? OfEncoding(string encoding) => Encodings.ContentOf(encoding) switch
    {
        Encodings.PostgresCustom => Custom,
        "" when Encodings.CompressionOf(encoding) != Encodings.None => Sql,
        _ => null,
    };
}
