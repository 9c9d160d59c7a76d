namespace UpgradeOps.Engine.State.Folder;

/// <summary>
/// A held lease. Its owner is alive as long as the kernel holds the lock on <c>owner-FENCE.lock</c>; the heartbeat is for readers to
/// whom that lock means nothing, such as another machine on a network folder.
/// </summary>
internal sealed class FolderLease : ILease
{
    public static readonly TimeSpan Lifetime = TimeSpan.FromSeconds(60);
    private static readonly TimeSpan Beat = TimeSpan.FromSeconds(15);

    private readonly FolderState _state;
    private readonly FileStream _owner;
    private readonly ITimer _timer;
    private int _released;

    public FolderLease(FolderState state, LockInfo info, FileStream owner, TimeProvider time)
    {
        _state = state;
        _owner = owner;
        Info = info;
        _timer = time.CreateTimer(_ => _ = RenewAsync(), null, Beat, Beat);
    }

    public long Fence => Info.Fence;

    public LockInfo Info { get; }

    public async ValueTask DisposeAsync()
    {
        if (Interlocked.Exchange(ref _released, 1) != 0)
        {
            return;
        }

        await _timer.DisposeAsync().ConfigureAwait(false);
        await _state.ReleaseAsync(this).ConfigureAwait(false);
        var path = _owner.Name;
        await _owner.DisposeAsync().ConfigureAwait(false);
        File.Delete(path);
    }

    private async Task RenewAsync()
    {
        try
        {
            await _state.RenewAsync(this).ConfigureAwait(false);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or AppException)
        {
            // A missed beat is no loss: the next append finds out whether the lease is still ours.
        }
    }
}
