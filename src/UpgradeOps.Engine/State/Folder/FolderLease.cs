namespace UpgradeOps.Engine.State.Folder;

/// <summary>
/// A held lease. Its owner is alive as long as the kernel holds the lock on <c>owner-FENCE.lock</c>; the heartbeat is for readers to
/// whom that lock means nothing, such as another machine on a network folder.
/// </summary>
internal sealed class FolderLease : ILease
{
    public static readonly TimeSpan Lifetime = TimeSpan.FromSeconds(60);
    public static readonly TimeSpan Beat = TimeSpan.FromSeconds(15);

    private readonly FolderLeases _leases;
    private readonly FileStream _owner;
    private readonly ITimer _timer;
    private int _released;

    public FolderLease(FolderLeases leases, LockInfo info, FileStream owner, TimeProvider time)
    {
        _leases = leases;
        _owner = owner;
        Info = info;
        HeldHere.Add(owner.Name);
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
        try
        {
            await _leases.ReleaseAsync(this).ConfigureAwait(false);
        }
        catch (AppException)
        {
            // It cannot be written that the lease is free; but its file is no longer locked, and that says the same.
        }

        HeldHere.Remove(_owner.Name);
        var path = _owner.Name;
        await _owner.DisposeAsync().ConfigureAwait(false);
        TryDelete(path);
    }

    private static void TryDelete(string path)
    {
        try
        {
            File.Delete(path);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            // The next owner clears it away.
        }
    }

    private async Task RenewAsync()
    {
        try
        {
            await _leases.RenewAsync(this).ConfigureAwait(false);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or AppException)
        {
            // A missed beat is no loss: the next append finds out whether the lease is still ours.
        }
    }
}
