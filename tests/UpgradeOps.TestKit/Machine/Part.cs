namespace UpgradeOps.TestKit;

/// <summary>What a test may need from the machine.</summary>
public enum Part
{
    Docker,
    Compose,
    Registry,
    Postgres,
    MariaDb,
    Compiler,
    Pwsh,
    OpenSsl,
    Zstd,
    Sqlite,
}
