using Npgsql;

namespace UpgradeOps.Engine.State.PostgreSql;

/// <summary>
/// The connection of one runner, made anew when it is lost. It holds an advisory lock of its own: while it does, everybody sees
/// that the runner's process is there.
/// </summary>
internal sealed class PostgresSession : IAsyncDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(20);
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(250);

    private readonly string _name;
    private readonly PostgresPlace _place;
    private readonly TimeProvider _time;
    private readonly SemaphoreSlim _turn = new(1, 1);
    private NpgsqlConnection? _connection;
    private bool _knows;

    /// <param name="key">Of the advisory lock; unlike any other session's.</param>
    public PostgresSession(string name, PostgresPlace place, long key, TimeProvider time)
    {
        (_name, _place, Key, _time) = (name, place, key, time);

        // Before the server can name it as an owner: another taker in this process would think that it was given up.
        HeldHere.Add(NameOf(key));
    }

    public long Key { get; }

    public static string NameOf(long key) => $"postgresql/{key}";

    /// <summary>
    /// Runs statements. When the connection is lost in the middle, they are run again over a new one: so they must find out by
    /// themselves what became of the first time. Gives up after 20 s, or the given patience; at once when it never was connected.
    /// </summary>
    /// <exception cref="AppException"><see cref="ErrorIds.StateUnreachable"/> and others: see <see cref="PostgresFaults"/>.</exception>
    public async Task<T> RunAsync<T>(Func<NpgsqlConnection, CancellationToken, Task<T>> work, CancellationToken cancellationToken, TimeSpan? patience = null)
    {
        await _turn.WaitAsync(cancellationToken).ConfigureAwait(false);
        try
        {
            var since = _time.GetTimestamp();
            while (true)
            {
                try
                {
                    var connection = await ConnectAsync(cancellationToken).ConfigureAwait(false);
                    return await work(connection, cancellationToken).ConfigureAwait(false);
                }
                catch (Exception e) when (e is not OperationCanceledException)
                {
                    if (!PostgresFaults.MayPass(e) || _time.GetElapsedTime(since) > (patience ?? Patience) || !(_knows || PostgresFaults.IsCrowd(e)))
                    {
                        throw PostgresFaults.Explain(e, _name, _place);
                    }

                    await DisconnectAsync().ConfigureAwait(false);
                }

                await Task.Delay(Pause, _time, cancellationToken).ConfigureAwait(false);
            }
        }
        finally
        {
            _turn.Release();
        }
    }

    public async ValueTask DisposeAsync()
    {
        HeldHere.Remove(NameOf(Key));
        await DisconnectAsync().ConfigureAwait(false);
        _turn.Dispose();
    }

    private async Task<NpgsqlConnection> ConnectAsync(CancellationToken cancellationToken)
    {
        if (_connection is { FullState: System.Data.ConnectionState.Open })
        {
            return _connection;
        }

        await DisconnectAsync().ConfigureAwait(false);
        _connection = await _place.ConnectAsync(pooled: false, cancellationToken).ConfigureAwait(false);

        // Our own old session may still hold the lock: it says the same, and ends when the server notices.
        var command = new NpgsqlCommand(
            "SELECT pg_try_advisory_lock(@key), CASE WHEN current_setting('synchronous_commit') IN ('off', 'local') THEN set_config('synchronous_commit', 'on', false) END",
            _connection);
        await using (command.ConfigureAwait(false))
        {
            command.Parameters.AddWithValue("key", Key);
            await command.ExecuteNonQueryAsync(cancellationToken).ConfigureAwait(false);
        }

        _knows = true;
        return _connection;
    }

    private async Task DisconnectAsync()
    {
        if (_connection is { } lost)
        {
            _connection = null;
            await lost.DisposeAsync().ConfigureAwait(false);
        }
    }
}
