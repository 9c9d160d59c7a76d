namespace UpgradeOps.Engine.Backups.Format;

/// <summary>How a file is stored: values of <see cref="BackupFile.Encoding"/>.</summary>
internal static class Encodings
{
    public const string None = "none";

    /// <summary>SQL text in gzip.</summary>
    public const string Gzip = "gzip";

    public const string TarGzip = "tar+gzip";

    /// <summary>A custom archive of <c>pg_dump</c>, not compressed in itself, in gzip.</summary>
    public const string PostgresCustomGzip = "pg-custom+gzip";

    public static bool IsGzip(string encoding) => encoding is Gzip or TarGzip or PostgresCustomGzip;
}
