using UpgradeOps.Engine.Operations;
using UpgradeOps.Engine.State;

namespace UpgradeOps.Engine.Updates.Running;

/// <summary>Who acts now.</summary>
internal static class Acting
{
    public static Actor Now(ILease lease, EngineOptions options) => new()
    {
        User = lease.Info.User,
        SudoUser = Environment.GetEnvironmentVariable("SUDO_USER") is { Length: > 0 } before && before != lease.Info.User ? before : null,
        Machine = lease.Info.Machine,
        ProcessId = lease.Info.ProcessId,
        Face = options.Face,
    };
}
