namespace UpgradeOps.Engine.Backups.Dumps;

/// <summary>Head and table of contents of an archive, custom or folder, versions 1.12 (PostgreSQL 9.0) to 1.16 (PostgreSQL 17 and 18).</summary>
internal sealed record PostgresDirectory
{
    private const int CustomFormat = 1;

    /// <summary>A folder's table of contents says that it is that of a tar archive, whose files have the same names.</summary>
    private const int FolderFormat = 3;
    private const int MostEntries = 10_000_000;

    public required Version Version { get; init; }

    public string? Database { get; init; }

    public required bool Compressed { get; init; }

    public required int IntegerSize { get; init; }

    /// <summary>Entries that have data, by their id: <c>schema.table</c> for a table, null for anything else.</summary>
    public required IReadOnlyDictionary<int, string?> WithData { get; init; }

    /// <summary>Of a folder: the entries' files, by their id.</summary>
    public required IReadOnlyDictionary<int, string> Files { get; init; }

    /// <returns>Null for a version that is not known here.</returns>
    /// <exception cref="InvalidDataException">It is no such archive.</exception>
    /// <exception cref="EndOfStreamException">There is not enough yet.</exception>
    public static PostgresDirectory? Read(ref PostgresScanner scanner, bool folder = false)
    {
        foreach (var expected in "PGDMP"u8)
        {
            if (scanner.Byte() != expected)
                throw new InvalidDataException("it does not begin as a PostgreSQL archive");
        }

        var version = new Version(scanner.Byte(), scanner.Byte());
        scanner.Skip(1); // revision
        if (version.Major != 1 || version.Minor is < 12 or > 16)
            return null;
        scanner.IntegerSize = scanner.Byte();
        var offsetSize = scanner.Byte();
        if (scanner.IntegerSize is 0 or > 8 || offsetSize is 0 or > 16 || scanner.Byte() != (folder ? FolderFormat : CustomFormat))
            throw new InvalidDataException("its head is not that of such an archive");
        var compressed = version.Minor >= 15 ? scanner.Byte() != 0 : scanner.Integer() != 0;
        for (var i = 0; i < 7; i++)
            scanner.Integer(); // the moment, as the parts of a date
        var database = scanner.Text();
        scanner.Text(); // server version
        scanner.Text(); // pg_dump version
        var files = folder ? new Dictionary<int, string>() : null;
        return new PostgresDirectory
        {
            Version = version,
            Database = database,
            Compressed = compressed,
            IntegerSize = scanner.IntegerSize,
            WithData = ReadEntries(ref scanner, version.Minor, offsetSize, files),
            Files = files ?? [],
        };
    }

    private static Dictionary<int, string?> ReadEntries(ref PostgresScanner scanner, int minor, int offsetSize, Dictionary<int, string>? files)
    {
        var withData = new Dictionary<int, string?>();
        var count = scanner.Integer();
        if (count is < 0 or > MostEntries)
            throw new InvalidDataException("its directory has an impossible number of entries");
        for (var i = 0; i < count; i++)
        {
            var id = scanner.Integer();
            var hasData = scanner.Integer() != 0;
            scanner.Text(); // catalogue table
            scanner.Text(); // object id
            var tag = scanner.Text();
            var kind = scanner.Text();
            scanner.Integer(); // section
            scanner.Text(); // definition
            scanner.Text(); // drop statement
            scanner.Text(); // copy statement
            var schema = scanner.Text();
            scanner.Text(); // tablespace
            if (minor >= 14)
                scanner.Text(); // access method
            if (minor >= 16)
                scanner.Integer(); // relation kind
            scanner.Text(); // owner
            scanner.Text(); // with oids
            while (scanner.Text() is not null)
            {
                // dependencies
            }

            if (files is null)
                scanner.Skip(1 + offsetSize); // place of the data, not set in what was written into a pipe
            else if (scanner.Text() is { Length: > 0 } file)
                files[id] = file;
            if (hasData)
                withData[id] = kind == "TABLE DATA" ? $"{schema}.{tag}" : null;
        }

        return withData;
    }
}
