using UpgradeOps.Engine.State.Folder;

namespace UpgradeOps.Engine.State.Ssh;

/// <summary>A held lease on an SSH host. Its heartbeat is its sign of life for everybody who is not on this machine.</summary>
internal sealed class SshLease : ILease
{
    private readonly SshLeases _leases;
    private readonly ITimer _timer;
    private int _beating;
    private int _released;

    public SshLease(SshLeases leases, string connection, LockInfo info, TimeProvider time)
    {
        _leases = leases;
        Connection = connection;
        Info = info;
        HeldHere.Add(connection);
        _timer = time.CreateTimer(_ => _ = RenewAsync(), null, FolderLease.Beat, FolderLease.Beat);
    }

    public string Connection { get; }

    public long Fence => Info.Fence;

    public LockInfo Info { get; }

    /// <summary>How many bytes of each journal are whole: nobody else appends while the lease is held.</summary>
    public Dictionary<string, long> Offsets { get; } = [];

    /// <summary>One append at a time.</summary>
    public SemaphoreSlim Turn { get; } = new(1);

    public async ValueTask DisposeAsync()
    {
        if (Interlocked.Exchange(ref _released, 1) != 0)
            return;
        await _timer.DisposeAsync().ConfigureAwait(false);
        try
        {
            await _leases.ReleaseAsync(this).ConfigureAwait(false);
        }
        catch (AppException)
        {
            // The host is away. This process knows that it gave the lease up, and others see that it does not beat any more.
        }

        HeldHere.Remove(Connection);
    }

    private async Task RenewAsync()
    {
        // One that waits for the host to come back is enough.
        if (Interlocked.Exchange(ref _beating, 1) != 0)
            return;
        try
        {
            if (Volatile.Read(ref _released) == 0)
                await _leases.RenewAsync(this).ConfigureAwait(false);
        }
        catch (Exception e) when (e is AppException or ObjectDisposedException)
        {
            // A missed beat is no loss: the next append finds out whether the lease is still ours.
        }
        finally
        {
            Volatile.Write(ref _beating, 0);
        }
    }
}
