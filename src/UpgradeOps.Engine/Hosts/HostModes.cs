namespace UpgradeOps.Engine.Hosts;

/// <summary>Unix modes of what UpgradeOps creates.</summary>
internal static class HostModes
{
    /// <summary>0700.</summary>
    public const int PrivateFolder = 0x1C0;

    /// <summary>0755.</summary>
    public const int OpenFolder = 0x1ED;

    /// <summary>0644.</summary>
    public const int OpenFile = 0x1A4;

    /// <summary>0600.</summary>
    public const int PrivateFile = 0x180;

    /// <summary>Set when anybody may execute a file.</summary>
    public const int AnyExecute = 0x49;
}
