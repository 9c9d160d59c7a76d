using UpgradeOps.Engine.Operations;

namespace UpgradeOps.PowerShell.Commands.Bases;

/// <summary>What an update is asked for, from parameters as PowerShell binds them: a null member of an object arrives as an empty string.</summary>
internal static class Targets
{
    public static UpdateOptions Options(string name, string? version, string? channel, bool force, ProofLevel? proveBackup = null) => new()
    {
        Name = name,
        Version = OrNull(version),
        Channel = OrNull(channel),
        Force = force,
        ProveBackup = proveBackup,
    };

    public static string? OrNull(string? value) => string.IsNullOrEmpty(value) ? null : value;
}
