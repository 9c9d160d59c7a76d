using Npgsql;
using UpgradeOps.Engine.Json;

namespace UpgradeOps.Engine.State.PostgreSql;

/// <summary>A lease as the server sees it at one moment, by its clock.</summary>
/// <param name="Owner">Null while nobody holds it.</param>
/// <param name="Session">The advisory lock of the owner's connection.</param>
/// <param name="Beat">Grows with every heartbeat.</param>
/// <param name="HasExpired">By the server's clock.</param>
/// <param name="IsConnected">Whether the owner's connection stands.</param>
internal sealed record LeaseRow(
    string Name, long Fence, OwnerIdentity? Owner, string Purpose, long Session, long Beat, DateTimeOffset TakenAt, DateTimeOffset ExpiresAt, bool HasExpired, bool IsConnected)
{
    public static async Task<LeaseRow?> ReadAsync(NpgsqlConnection connection, PostgresPlace place, string name, CancellationToken cancellationToken)
    {
        var command = new NpgsqlCommand(
            $"""
            SELECT fence, owner, purpose, session, beat, taken_at, expires_at, expires_at <= clock_timestamp(),
                   EXISTS (SELECT FROM pg_locks l
                           WHERE l.locktype = 'advisory' AND l.granted AND l.objsubid = 1
                             AND l.database = (SELECT oid FROM pg_database WHERE datname = current_database())
                             AND (l.classid::bigint << 32) | l.objid::bigint = session)
            FROM {place.Schema}.app WHERE name = @name
            """,
            connection);
        await using (command.ConfigureAwait(false))
        {
            command.Parameters.AddWithValue("name", name);
            var row = await command.ExecuteReaderAsync(cancellationToken).ConfigureAwait(false);
            await using (row.ConfigureAwait(false))
            {
                if (!await row.ReadAsync(cancellationToken).ConfigureAwait(false))
                {
                    return null;
                }

                var owner = row.IsDBNull(1) ? null : EngineJson.Read<OwnerIdentity>(row.GetString(1), ErrorIds.StateDamaged, place.Location);
                return new LeaseRow(
                    name, row.GetInt64(0), owner, row.GetString(2), row.GetInt64(3), row.GetInt64(4),
                    row.GetFieldValue<DateTimeOffset>(5), row.GetFieldValue<DateTimeOffset>(6), row.GetBoolean(7), row.GetBoolean(8));
            }
        }
    }

    /// <summary>Whether the same owner has not beaten since.</summary>
    public bool StandsStillSince(LeaseRow? earlier) => earlier is not null && earlier.Fence == Fence && earlier.Beat == Beat && earlier.Owner == Owner;

    public LeaseVerdict Judge()
    {
        if (Owner is null)
        {
            return LeaseVerdict.Free;
        }

        switch (Owner.IsAlive())
        {
            case false:
                return LeaseVerdict.Dead;
            case true when Owner.IsThisProcess():
                return HeldHere.Has(PostgresSession.NameOf(Session)) ? LeaseVerdict.Alive : LeaseVerdict.Dead;
            case true when IsConnected:
                // A process of this machine that is paused, however long.
                return LeaseVerdict.Alive;
            case true:
                return HasExpired ? LeaseVerdict.Doubtful : LeaseVerdict.Beating;
            default:
                // Elsewhere. Its connection may have been cut, and then it comes back within a heartbeat.
                return IsConnected && !HasExpired ? LeaseVerdict.Alive : LeaseVerdict.Doubtful;
        }
    }

    public LockInfo ToLockInfo(LeaseVerdict verdict) => new()
    {
        Name = Name,
        Fence = Fence,
        Machine = Owner!.Machine,
        User = Owner.User,
        ProcessId = Owner.ProcessId,
        Purpose = Purpose,
        TakenAt = TakenAt,
        ExpiresAt = ExpiresAt,
        OwnerAlive = verdict.ToAlive(),
    };
}
