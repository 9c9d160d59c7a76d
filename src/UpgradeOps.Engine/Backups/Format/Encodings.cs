namespace UpgradeOps.Engine.Backups.Format;

/// <summary>
/// How a file is stored: values of <see cref="BackupFile.Encoding"/>. A compression alone is SQL text; a content before it, joined by
/// <c>+</c>, is something else: <c>gzip</c>, <c>tar+zstd</c>, <c>pg-custom+gzip</c>.
/// </summary>
internal static class Encodings
{
    public const string None = "none";

    public const string Gzip = "gzip";

    public const string Zstd = "zstd";

    /// <summary>Content: an archive of files.</summary>
    public const string Tar = "tar";

    /// <summary>Content: a custom archive of <c>pg_dump</c>, not compressed in itself.</summary>
    public const string PostgresCustom = "pg-custom";

    /// <summary>Content: a tar archive of the folder that <c>pg_dump -Fd</c> makes, not compressed in itself.</summary>
    public const string PostgresFolder = "pg-folder";

    /// <summary>Content: the SQL text of a whole PostgreSQL cluster, as <c>pg_dumpall</c> writes it.</summary>
    public const string PostgresCluster = "pg-cluster";

    /// <summary>Content: an SQLite database file.</summary>
    public const string Sqlite = "sqlite";

    /// <summary>Content: a snapshot of a Vault's or OpenBao's raft storage, which is compressed in itself; stands alone.</summary>
    public const string Raft = "raft";

    /// <summary>Content: what a command wrote, of whatever kind.</summary>
    public const string Output = "output";

    /// <summary><see cref="Gzip"/>, <see cref="Zstd"/> or <see cref="None"/>.</summary>
    public static string CompressionOf(string encoding) => encoding[(encoding.LastIndexOf('+') + 1)..] switch
    {
        Gzip => Gzip,
        Zstd => Zstd,
        _ => None,
    };

    /// <summary>What stands before the compression; empty for SQL text and for a file as it is.</summary>
    public static string ContentOf(string encoding) => encoding.LastIndexOf('+') is > 0 and var plus ? encoding[..plus]
        : encoding == Raft ? Raft
        : "";
}
