namespace UpgradeOps.Engine.State.PostgreSql;

/// <summary>A held lease, with the session through which its owner writes.</summary>
internal sealed class PostgresLease : ILease
{
    public static readonly TimeSpan Lifetime = TimeSpan.FromSeconds(60);
    public static readonly TimeSpan Beat = TimeSpan.FromSeconds(5);
    private static readonly TimeSpan ShortPatience = TimeSpan.FromSeconds(2);

    private readonly PostgresLeases _leases;
    private readonly PostgresSession _session;
    private readonly ITimer _timer;
    private int _beating;
    private int _released;

    public PostgresLease(PostgresLeases leases, PostgresSession session, LockInfo info, TimeProvider time)
    {
        _leases = leases;
        _session = session;
        Info = info;
        _timer = time.CreateTimer(_ => _ = RenewAsync(), null, Beat, Beat);
    }

    public long Fence => Info.Fence;

    public LockInfo Info { get; }

    /// <exception cref="AppException"><see cref="ErrorIds.LockLost"/>: it was given up.</exception>
    public PostgresSession Session => Volatile.Read(ref _released) == 0 ? _session : throw LeaseRefusal.Lost(Info.Name, Fence, Fence);

    /// <summary>Where the next line of each operation goes: nobody else appends while the lease is held.</summary>
    public Dictionary<string, int> NextPositions { get; } = [];

    public async ValueTask DisposeAsync()
    {
        if (Interlocked.Exchange(ref _released, 1) != 0)
        {
            return;
        }

        await _timer.DisposeAsync().ConfigureAwait(false);
        try
        {
            await _leases.ReleaseAsync(_session, Fence, ShortPatience).ConfigureAwait(false);
        }
        catch (AppException)
        {
            // The server is away: it sees that the session has ended, and the next owner watches a heartbeat that stands still.
        }

        await _session.DisposeAsync().ConfigureAwait(false);
    }

    private async Task RenewAsync()
    {
        // One that waits for the server to come back is enough.
        if (Interlocked.Exchange(ref _beating, 1) != 0)
        {
            return;
        }

        try
        {
            await _leases.RenewAsync(this, ShortPatience).ConfigureAwait(false);
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
