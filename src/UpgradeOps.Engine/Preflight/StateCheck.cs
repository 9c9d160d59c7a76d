using UpgradeOps.Engine.Hosts;
using UpgradeOps.Engine.Operations;

namespace UpgradeOps.Engine.Preflight;

/// <summary>Whether the journal can be written: without it nothing is begun.</summary>
internal static class StateCheck
{
    /// <summary>Journal, copies of configuration files and evidence; backups ask for their own room.</summary>
    private const long Needed = 32L * 1024 * 1024;

    public static async Task<IReadOnlyList<Finding>> RunAsync(AppRooms rooms, CancellationToken cancellationToken)
    {
        await rooms.State.CheckWritableAsync(cancellationToken).ConfigureAwait(false);
        var folder = rooms.Definition.State?.Host is { } host ? rooms.State.Location[host.Length..] : rooms.State.Location;
        if (!HostPath.IsPosix(folder) && !Path.IsPathRooted(folder))
            return [];

        var free = await rooms.Host.Files.FreeSpaceAsync(folder, cancellationToken).ConfigureAwait(false);
        return free >= Needed
            ? []
            : [Findings.Of(FindingSeverity.Blocker, ErrorIds.DiskTooFull, rooms.State.Location, $"Only {free / 1024 / 1024} MiB are free where the journal of {rooms.Definition.Name} is kept ({rooms.State.Location}); {Needed / 1024 / 1024} MiB are needed.")];
    }
}
