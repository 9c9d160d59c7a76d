namespace UpgradeOps.Engine.Backups.Dumps;

/// <summary>Reads along while a dump passes by: is it whole, and how many rows has each table? Never fails while it is fed; <see cref="Finish"/> tells.</summary>
internal interface IDumpReader
{
    void Feed(ReadOnlySpan<byte> data);

    /// <summary>To be called once, after the last byte.</summary>
    DumpFacts Finish();
}

/// <summary>What reading a dump told.</summary>
internal sealed record DumpFacts
{
    /// <summary>What is wrong with it, as the end of a sentence; null when it is whole.</summary>
    public string? Problem { get; init; }

    /// <summary>
    /// Rows by table. Tables of PostgreSQL are <c>schema.table</c>. Null when the dump's dialect cannot be counted.
    /// </summary>
    public IReadOnlyDictionary<string, long>? Rows { get; init; }

    /// <summary>What is in each table's rows, by the same names: <see cref="RowSum.Checksum"/>. Null when it cannot be told.</summary>
    public IReadOnlyDictionary<string, string>? Checksums { get; init; }

    /// <summary>What it is, for a person: <c>PostgreSQL custom archive 1.14 of database kmp</c>.</summary>
    public string Kind { get; init; } = "";
}
