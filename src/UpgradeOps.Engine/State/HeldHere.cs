using System.Collections.Concurrent;

namespace UpgradeOps.Engine.State;

/// <summary>
/// The leases that this process holds now. A lease that names this process but is not here was given up while it could not be
/// written down, with a full disk or a server that was away: it must not stand until the process ends.
/// </summary>
internal static class HeldHere
{
    private static readonly ConcurrentDictionary<string, bool> Leases = new();

    public static void Add(string lease) => Leases[lease] = true;

    public static void Remove(string lease) => Leases.TryRemove(lease, out _);

    public static bool Has(string lease) => Leases.ContainsKey(lease);
}
