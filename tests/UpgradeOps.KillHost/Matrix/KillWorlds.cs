using System.Collections.Concurrent;

namespace UpgradeOps.KillHost.Matrix;

/// <summary>Worlds that wait for their next cell: as many as there are workers.</summary>
internal sealed class KillWorlds(Func<Task<IKillWorld>> make) : IAsyncDisposable
{
    private readonly ConcurrentBag<IKillWorld> _free = [];

    public async Task<IKillWorld> TakeAsync() => _free.TryTake(out var world) ? world : await make();

    /// <param name="whole">False when something went wrong in it: it is not used again.</param>
    public async Task GiveBackAsync(IKillWorld world, bool whole)
    {
        if (whole)
            _free.Add(world);
        else
            await world.DisposeAsync();
    }

    public async ValueTask DisposeAsync()
    {
        foreach (var world in _free)
            await world.DisposeAsync();
    }
}
