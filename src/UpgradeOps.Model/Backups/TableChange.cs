namespace UpgradeOps;

/// <summary>
/// How the rows of one table differ from a backup. Rows are counted, not compared: one that was changed in place does not show, so every
/// figure here is the least that is true.
/// </summary>
public sealed record TableChange
{
    /// <summary>The name under <c>databases:</c>.</summary>
    public required string Database { get; init; }

    public required string Table { get; init; }

    /// <summary>Rows in the backup; null when the table came since.</summary>
    public long? RowsThen { get; init; }

    /// <summary>Rows now; null when the table is gone.</summary>
    public long? RowsNow { get; init; }

    /// <summary>At least so many rows are newer than the backup: they would leave the live data.</summary>
    public long NewerRows { get; init; }

    /// <summary>At least so many rows of the backup are there no more: they would come back.</summary>
    public long GoneRows { get; init; }

    /// <summary>The growing key by which newer rows were told from older ones; null when only the numbers could be compared.</summary>
    public string? Key { get; init; }
}
