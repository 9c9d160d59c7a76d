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

    /// <summary>File systems can be mounted: root with the capability for it.</summary>
    Mount,

    /// <summary>LevelDB, from Debian's own Python.</summary>
    LevelDb,

    /// <summary>An S3 server.</summary>
    S3,

    /// <summary>A Docker Engine of its own can be started.</summary>
    Dockerd,

    /// <summary>OpenSSH's client and server.</summary>
    Ssh,
    Git,
    GnuPG,

    /// <summary>A systemd of its own, in a container.</summary>
    Systemd,

    /// <summary>Wine, and .NET's runtime for Windows.</summary>
    Wine,
}
