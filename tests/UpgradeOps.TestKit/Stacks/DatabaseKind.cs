namespace UpgradeOps.TestKit;

public enum DatabaseKind
{
    /// <summary>The application writes to a file in its volume: the fastest stack.</summary>
    None,
    Postgres,
    MariaDb,
}
