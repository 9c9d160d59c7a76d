using Npgsql;

namespace UpgradeOps.Engine.State.PostgreSql;

/// <summary>Reads over shared connections. Nothing is made or changed by it: where no tables are, nothing is remembered.</summary>
internal sealed class PostgresReader(string name, PostgresPlace place, TimeProvider time)
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(5);
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(100);

    /// <param name="missing">The answer when the tables were never made.</param>
    public async Task<T> ReadAsync<T>(Func<NpgsqlConnection, Task<T>> work, T missing, CancellationToken cancellationToken)
    {
        var since = time.GetTimestamp();
        for (var tries = 1; ; tries++)
        {
            try
            {
                var connection = await place.ConnectAsync(pooled: true, cancellationToken).ConfigureAwait(false);
                await using (connection.ConfigureAwait(false))
                {
                    return await work(connection).ConfigureAwait(false);
                }
            }
            catch (Exception e) when (PostgresFaults.SaysMissing(e))
            {
                return missing;
            }
            catch (Exception e) when (e is not OperationCanceledException)
            {
                // A shared connection may have been lost while nobody used it.
                var again = PostgresFaults.MayPass(e) && (tries == 1 || (PostgresFaults.IsCrowd(e) && time.GetElapsedTime(since) < Patience));
                if (!again)
                {
                    throw PostgresFaults.Explain(e, name, place);
                }
            }

            await Task.Delay(Pause, time, cancellationToken).ConfigureAwait(false);
        }
    }
}
