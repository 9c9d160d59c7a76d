namespace UpgradeOps.Engine.Databases;

/// <summary>What the first value of a query's answer means.</summary>
internal static class QueryAnswer
{
    /// <summary>What PostgreSQL, MariaDB and a count say for no, and an empty answer, are not true.</summary>
    public static bool IsTrue(string? answer) => answer?.Trim().ToLowerInvariant() is not (null or "" or "0" or "f" or "false" or "no" or "off");
}
