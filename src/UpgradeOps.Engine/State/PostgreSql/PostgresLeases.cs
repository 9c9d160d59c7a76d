using System.Buffers.Binary;
using System.Security.Cryptography;
using Npgsql;
using UpgradeOps.Engine.Json;

namespace UpgradeOps.Engine.State.PostgreSql;

/// <summary>
/// Who works on an application whose state is a database: one row, changed only by statements that name the fence which they found
/// there. All times are the server's.
/// </summary>
internal sealed class PostgresLeases(string name, PostgresPlace place, PostgresSchema schema, TimeProvider time)
{
    /// <summary>Two heartbeats: an owner that lives, or comes back from a cut connection, is seen to beat.</summary>
    private static readonly TimeSpan Watch = PostgresLease.Beat * 2;

    public async Task<ILease> TakeAsync(string purpose, CancellationToken cancellationToken)
    {
        var session = NewSession();
        try
        {
            LeaseRow? watched = null;
            while (true)
            {
                var (taken, found) = await session.RunAsync((c, token) => TryTakeAsync(c, session.Key, purpose, watched, token), cancellationToken).ConfigureAwait(false);
                if (taken is not null)
                {
                    return new PostgresLease(this, session, taken.ToLockInfo(LeaseVerdict.Alive), time);
                }

                watched = await WatchOrRefuseAsync(found, watched, cancellationToken).ConfigureAwait(false);
            }
        }
        catch
        {
            await session.DisposeAsync().ConfigureAwait(false);
            throw;
        }
    }

    public async Task BreakAsync(bool force, CancellationToken cancellationToken)
    {
        var session = NewSession();
        await using (session.ConfigureAwait(false))
        {
            LeaseRow? watched = null;
            while (await session.RunAsync((c, token) => TryBreakAsync(c, force, watched, token), cancellationToken).ConfigureAwait(false) is { } found)
            {
                watched = await WatchOrRefuseAsync(found, watched, cancellationToken).ConfigureAwait(false);
            }
        }
    }

    /// <param name="patience">Short: a write that waits for its turn behind this has a patience of its own.</param>
    public Task RenewAsync(PostgresLease lease, TimeSpan patience) => lease.Session.RunAsync(
        (c, token) => c.ExecuteAsync(
            // The lock again each time: an old session of ours that the server has only now given up may have had it until now.
            $"""
            UPDATE {place.Schema}.app SET beat = beat + 1, expires_at = clock_timestamp() + @lifetime
            WHERE name = @name AND fence = @fence AND owner IS NOT NULL AND (pg_try_advisory_lock(session) OR true)
            """,
            [("name", name), ("fence", lease.Fence), ("lifetime", PostgresLease.Lifetime)],
            token),
        CancellationToken.None,
        patience);

    public Task ReleaseAsync(PostgresSession session, long fence, TimeSpan patience) => session.RunAsync(
        (c, token) => c.ExecuteAsync($"UPDATE {place.Schema}.app SET owner = NULL WHERE name = @name AND fence = @fence", [("name", name), ("fence", fence)], token),
        CancellationToken.None,
        patience);

    /// <returns>The lease now ours, or the one that stands in the way.</returns>
    private async Task<(LeaseRow? Taken, LeaseRow Found)> TryTakeAsync(
        NpgsqlConnection connection, long session, string purpose, LeaseRow? watched, CancellationToken cancellationToken)
    {
        await schema.EnsureAsync(connection, cancellationToken).ConfigureAwait(false);
        while (true)
        {
            var found = await LeaseRow.ReadAsync(connection, place, name, cancellationToken).ConfigureAwait(false);
            if (found is null)
            {
                await connection.ExecuteAsync($"INSERT INTO {place.Schema}.app (name) VALUES (@name) ON CONFLICT DO NOTHING", [("name", name)], cancellationToken).ConfigureAwait(false);
                continue;
            }

            // The answer to an earlier try was lost, and it had succeeded.
            var isOurs = found.Owner is not null && found.Session == session;
            if (isOurs)
            {
                return (found, found);
            }

            if (!IsGone(found, watched))
            {
                return (null, found);
            }

            await connection.ExecuteAsync(
                $"""
                UPDATE {place.Schema}.app
                SET fence = fence + 1, owner = @owner, purpose = @purpose, session = @session, beat = beat + 1,
                    taken_at = clock_timestamp(), expires_at = clock_timestamp() + @lifetime
                WHERE name = @name AND fence = @fence AND beat = @beat
                """,
                [
                    ("name", name), ("fence", found.Fence), ("beat", found.Beat), ("owner", EngineJson.Write(OwnerIdentity.Current)),
                    ("purpose", purpose), ("session", session), ("lifetime", PostgresLease.Lifetime),
                ],
                cancellationToken).ConfigureAwait(false);
        }
    }

    /// <returns>Null when it is free now; else the lease that stands in the way.</returns>
    private async Task<LeaseRow?> TryBreakAsync(NpgsqlConnection connection, bool force, LeaseRow? watched, CancellationToken cancellationToken)
    {
        try
        {
            while (await LeaseRow.ReadAsync(connection, place, name, cancellationToken).ConfigureAwait(false) is { Owner: not null } found)
            {
                if (!force && !IsGone(found, watched))
                {
                    return found;
                }

                await connection.ExecuteAsync(
                    $"UPDATE {place.Schema}.app SET fence = fence + 1, owner = NULL WHERE name = @name AND fence = @fence AND (@force OR beat = @beat)",
                    [("name", name), ("fence", found.Fence), ("beat", found.Beat), ("force", force)],
                    cancellationToken).ConfigureAwait(false);
            }
        }
        catch (PostgresException e) when (PostgresFaults.SaysMissing(e))
        {
            // Nobody has ever worked with it.
        }

        return null;
    }

    private async Task<LeaseRow> WatchOrRefuseAsync(LeaseRow found, LeaseRow? watched, CancellationToken cancellationToken)
    {
        var verdict = found.Judge();
        if (verdict != LeaseVerdict.Doubtful || watched is not null)
        {
            throw LeaseRefusal.Held(found.ToLockInfo(verdict));
        }

        await Task.Delay(Watch, time, cancellationToken).ConfigureAwait(false);
        return found;
    }

    private static bool IsGone(LeaseRow found, LeaseRow? watched) => found.Judge() switch
    {
        LeaseVerdict.Free or LeaseVerdict.Dead => true,
        LeaseVerdict.Doubtful => found.StandsStillSince(watched),
        _ => false,
    };

    private PostgresSession NewSession() => new(name, place, BinaryPrimitives.ReadInt64LittleEndian(RandomNumberGenerator.GetBytes(8)), time);
}
