namespace UpgradeOps.Engine.Backups.Dumps;

/// <summary>A table's rows in COPY's text, as both of <c>pg_dump</c>'s archives hold them: three more lines stand behind the last row (<c>\.</c> and two empty ones).</summary>
internal static class CopyLines
{
    private const int After = 3;

    /// <param name="part">However it was cut.</param>
    public static void Feed(RowSum rows, ReadOnlySpan<byte> part)
    {
        for (int end; (end = part.IndexOf((byte)'\n')) >= 0; part = part[(end + 1)..])
            rows.Add(part[..end]);
        if (!part.IsEmpty)
            rows.Append(part);
    }

    /// <summary>To be called once, after the last part.</summary>
    public static RowSum End(RowSum rows)
    {
        if (rows.Rows < After)
            return rows;
        rows.Remove("\\."u8);
        rows.Remove([]);
        rows.Remove([]);
        return rows;
    }
}
