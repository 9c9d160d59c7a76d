namespace UpgradeOps.Engine.Backups.Stores.S3;

/// <summary>How a file is cut for sending: by its size alone, so that another process goes on with the same parts.</summary>
internal readonly record struct PartPlan(long Size, long PartSize)
{
    /// <summary>Small enough that a cut costs little, large enough that round trips do not count. S3 asks for at least 5 MiB.</summary>
    private const long Usual = 8 << 20;

    /// <summary>S3 takes 10,000 parts.</summary>
    private const long MostParts = 9_000;

    private const long Step = 1 << 20;

    public static PartPlan Of(long size) =>
        new(size, Math.Max(Usual, (size / MostParts / Step + 1) * Step));

    public int Count => (int)Math.Max(1, (Size + PartSize - 1) / PartSize);

    /// <summary>Small files go in one request.</summary>
    public bool IsSingle => Count == 1;

    /// <param name="number">From 1.</param>
    public long OffsetOf(int number) => (number - 1) * PartSize;

    public long LengthOf(int number) => Math.Min(PartSize, Size - OffsetOf(number));
}
