using UpgradeOps.Engine.Operations;
using UpgradeOps.Engine.State;

namespace UpgradeOps.Engine.Updates.Running;

/// <summary>Who acts now.</summary>
internal static class Acting
{
    public static Actor Now(ILease lease, EngineOptions options) => Make(lease.Info.User, lease.Info.Machine, lease.Info.ProcessId, options);

    /// <summary>Of an attempt that never got a lease.</summary>
    public static Actor Now(EngineOptions options) => Make(OwnerIdentity.Current.User, OwnerIdentity.Current.Machine, OwnerIdentity.Current.ProcessId, options);

    private static Actor Make(string user, string machine, int processId, EngineOptions options) => new()
    {
        User = user,
        SudoUser = Environment.GetEnvironmentVariable("SUDO_USER") is { Length: > 0 } before && before != user ? before : null,
        Machine = machine,
        ProcessId = processId,
        Face = options.Face,
    };
}
