using UpgradeOps.Engine.Apps.Definition;
using UpgradeOps.Engine.Backups;
using UpgradeOps.Engine.Platforms;

namespace UpgradeOps.Engine.Operations;

/// <summary>The instances of the application's own version: they write its data. Its database is no instance, and goes on.</summary>
internal sealed class PlatformWriters(QuiesceMode mode, IPlatform platform) : IWriters
{
    public bool AreHeld => mode != QuiesceMode.None;

    public async Task<IReadOnlyList<string>> RunningAsync(CancellationToken cancellationToken) =>
        [.. (await platform.InstancesAsync(cancellationToken).ConfigureAwait(false)).Where(i => i.IsRunning).Select(i => i.Id)];

    public Task HoldAsync(IReadOnlyList<string> ids, CancellationToken cancellationToken) => mode == QuiesceMode.Pause
        ? platform.PauseWritersAsync(ids, cancellationToken)
        : platform.StopWritersAsync(cancellationToken);

    /// <summary>Both ways, whatever the definition says by now: somebody may have changed it since they were held.</summary>
    public async Task ReleaseAsync(IReadOnlyList<string> ids, CancellationToken cancellationToken)
    {
        await platform.UnpauseWritersAsync(ids, cancellationToken).ConfigureAwait(false);
        if (mode == QuiesceMode.Stop)
            await platform.StartWritersAsync(ids, cancellationToken).ConfigureAwait(false);
    }
}
