namespace UpgradeOps.Engine.Hosts.Ssh;

/// <summary>
/// The sessions of one host: an exchange has one for itself, and leaves it to the next. What a session that was lost or given up left running
/// is ended before anything else is asked of the host.
/// </summary>
internal sealed class SshConnections(SshAddress address, SshOptions options, TimeProvider time) : IAsyncDisposable
{
    /// <summary>A session that was silent for longer is asked whether it still stands, before something depends on it.</summary>
    private static readonly TimeSpan Trusted = TimeSpan.FromSeconds(1);

    private static readonly TimeSpan EndingLimit = TimeSpan.FromSeconds(20);

    /// <summary>Whoever forgot to close the host leaves no connection behind for longer.</summary>
    private static readonly TimeSpan IdleLimit = TimeSpan.FromSeconds(30);

    private readonly Stack<SshSession> _idle = [];
    private readonly List<RemoteGroup> _left = [];
    // One login at a time: a server refuses many at once.
    private readonly SemaphoreSlim _opening = new(1);
    private ITimer? _idleTimer;
    private bool _closed;

    /// <summary>True once the host has answered: what fails from then on may come back.</summary>
    public bool WasReached { get; private set; }

    /// <exception cref="AppException">See <see cref="SshSession.OpenAsync"/>.</exception>
    public async Task<SshSession> TakeAsync(CancellationToken cancellationToken)
    {
        while (TakeIdle() is { } session)
        {
            var stands = false;
            try
            {
                stands = await StandsAsync(session, cancellationToken).ConfigureAwait(false);
            }
            finally
            {
                if (!stands)
                    await DropAsync(session).ConfigureAwait(false);
            }

            if (stands)
                return session;
        }

        await _opening.WaitAsync(cancellationToken).ConfigureAwait(false);
        try
        {
            var session = await SshSession.OpenAsync(address, options, time, cancellationToken).ConfigureAwait(false);
            WasReached = true;
            try
            {
                await EndLeftAsync(session, cancellationToken).ConfigureAwait(false);
                return session;
            }
            catch
            {
                session.Kill();
                await session.DisposeAsync().ConfigureAwait(false);
                throw;
            }
        }
        finally
        {
            _opening.Release();
        }
    }

    public async ValueTask ReturnAsync(SshSession session)
    {
        session.HeardAt = time.GetTimestamp();
        lock (_idle)
        {
            if (!_closed && !session.IsSpent)
            {
                _idle.Push(session);
                _idleTimer ??= time.CreateTimer(_ => _ = CloseIdleAsync(IdleLimit), null, IdleLimit, IdleLimit);
                return;
            }
        }

        // Also what it still runs ends then: the end of the connection tells it.
        session.Kill();
        await session.DisposeAsync().ConfigureAwait(false);
    }

    /// <summary>Gives a session up whose exchange did not come to its end; what it runs is ended with the next connection.</summary>
    public async ValueTask DropAsync(SshSession session)
    {
        session.Kill();
        lock (_idle)
        {
            if (session.Group is { } group)
                _left.Add(group);
        }

        await session.DisposeAsync().ConfigureAwait(false);
    }

    /// <summary>The same, and makes sure now: for a caller who does not want it any more. Never fails.</summary>
    public async Task EndAsync(SshSession session)
    {
        await DropAsync(session).ConfigureAwait(false);
        using var limit = new CancellationTokenSource(EndingLimit, TimeProvider.System);
        try
        {
            await ReturnAsync(await TakeAsync(limit.Token).ConfigureAwait(false)).ConfigureAwait(false);
        }
        catch (Exception e) when (e is AppException or OperationCanceledException)
        {
            // The host cannot be asked. It ends what runs as soon as it notices that nobody listens.
        }
    }

    /// <summary>Ends the sessions that nobody has used for so long. The next exchange opens one again.</summary>
    public async ValueTask CloseIdleAsync(TimeSpan longer)
    {
        SshSession[] old;
        lock (_idle)
        {
            old = [.. _idle.Where(s => time.GetElapsedTime(s.HeardAt) >= longer)];
            var kept = _idle.Except(old).Reverse().ToArray();
            _idle.Clear();
            Array.ForEach(kept, _idle.Push);
            if (kept.Length == 0)
            {
                _idleTimer?.Dispose();
                _idleTimer = null;
            }
        }

        await Task.WhenAll(old.Select(s => s.DisposeAsync().AsTask())).ConfigureAwait(false);
    }

    public async ValueTask DisposeAsync()
    {
        lock (_idle)
            _closed = true;
        await CloseIdleAsync(TimeSpan.Zero).ConfigureAwait(false);
        _opening.Dispose();
    }

    private SshSession? TakeIdle()
    {
        lock (_idle)
            return _idle.TryPop(out var session) ? session : null;
    }

    private async Task<bool> StandsAsync(SshSession session, CancellationToken cancellationToken)
    {
        if (session.HasEnded)
            return false;
        try
        {
            await EndLeftAsync(session, cancellationToken).ConfigureAwait(false);
            if (time.GetElapsedTime(session.HeardAt) >= Trusted)
                await RunAsync(session, ":", cancellationToken).ConfigureAwait(false);
            return true;
        }
        catch (AppException)
        {
            return false;
        }
    }

    private async Task EndLeftAsync(SshSession session, CancellationToken cancellationToken)
    {
        RemoteGroup[] left;
        lock (_idle)
            left = [.. _left];
        foreach (var group in left)
        {
            await RunAsync(session, group.EndScript, cancellationToken).ConfigureAwait(false);
            lock (_idle)
                _left.Remove(group);
        }
    }

    private static async Task RunAsync(SshSession session, string script, CancellationToken cancellationToken)
    {
        var exchange = await SshExchange.BeginAsync(session, script, hasInput: false, cancellationToken).ConfigureAwait(false);
        await exchange.CopyOutputAsync(Stream.Null, cancellationToken).ConfigureAwait(false);
        await exchange.FinishAsync(cancellationToken).ConfigureAwait(false);
    }
}
