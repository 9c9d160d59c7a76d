using UpgradeOps.Engine.Json;
using UpgradeOps.Engine.State.Folder;

namespace UpgradeOps.Engine.State.Ssh;

/// <summary>
/// Who works on an application whose state is on an SSH host: the same <c>lease.json</c> that a runner on that machine uses. It is changed only
/// by a script that finds what was seen before. All times are the host's.
/// </summary>
internal sealed class SshLeases(string name, StateFolder folder, TimeProvider time)
{
    /// <summary>Two heartbeats, so that a living owner is seen to beat.</summary>
    private static readonly TimeSpan Watch = FolderLease.Beat * 2;

    public async Task<ILease> TakeAsync(string purpose, CancellationToken cancellationToken)
    {
        var connection = $"{folder.Location}#{Guid.NewGuid():N}";
        while (true)
        {
            var seen = await SeeGoneAsync(force: false, cancellationToken).ConfigureAwait(false);
            var taken = new LeaseFile
            {
                Fence = seen.Lease.Fence + 1,
                Owner = OwnerIdentity.Current,
                Purpose = purpose,
                TakenAt = seen.Now,
                ExpiresAt = seen.Now + FolderLease.Lifetime,
                Connection = connection,
                Beat = 0,
            };
            if (await ExchangeAsync(seen, taken, sweep: true, cancellationToken).ConfigureAwait(false))
                return new SshLease(this, connection, taken.ToLockInfo(name, alive: true), time);
        }
    }

    /// <returns>Null when nobody holds it.</returns>
    public async Task<LockInfo?> ReadAsync(CancellationToken cancellationToken)
    {
        var seen = await LookAsync(cancellationToken).ConfigureAwait(false);
        return seen.Lease.Owner is null ? null : seen.Lease.ToLockInfo(name, seen.Judge().ToAlive());
    }

    public async Task BreakAsync(bool force, CancellationToken cancellationToken)
    {
        while (true)
        {
            var seen = await SeeGoneAsync(force, cancellationToken).ConfigureAwait(false);
            // A higher fence also stops an owner that still lives: its next append is refused.
            if (seen.Lease.Owner is null || await ExchangeAsync(seen, seen.Lease with { Fence = seen.Lease.Fence + 1, Owner = null }, sweep: true, cancellationToken).ConfigureAwait(false))
                return;
        }
    }

    public Task RenewAsync(SshLease lease) => ChangeOwnAsync(lease, seen => seen.Lease with { ExpiresAt = seen.Now + FolderLease.Lifetime, Beat = seen.Lease.Beat + 1 });

    public Task ReleaseAsync(SshLease lease) => ChangeOwnAsync(lease, seen => seen.Lease with { Owner = null, Connection = null, Beat = null });

    private async Task ChangeOwnAsync(SshLease lease, Func<SeenLease, LeaseFile> change)
    {
        SeenLease seen;
        do
        {
            seen = await LookAsync(CancellationToken.None).ConfigureAwait(false);
            if (seen.Lease.Owner is null || seen.Lease.Fence != lease.Fence || seen.Lease.Connection != lease.Connection)
                return;
        }
        while (!await ExchangeAsync(seen, change(seen), sweep: false, CancellationToken.None).ConfigureAwait(false));
    }

    /// <summary>The lease when nobody living holds it, or any when forced.</summary>
    private async Task<SeenLease> SeeGoneAsync(bool force, CancellationToken cancellationToken)
    {
        LeaseFile? watched = null;
        while (true)
        {
            var seen = await LookAsync(cancellationToken).ConfigureAwait(false);
            var verdict = seen.Judge();
            if (force || verdict is LeaseVerdict.Free or LeaseVerdict.Dead || (verdict == LeaseVerdict.Doubtful && seen.Lease == watched))
                return seen;
            if (verdict != LeaseVerdict.Doubtful || watched is not null)
                throw LeaseRefusal.Held(seen.Lease.ToLockInfo(name, verdict.ToAlive()));
            watched = seen.Lease;
            await Task.Delay(Watch, time, cancellationToken).ConfigureAwait(false);
        }
    }

    private async Task<SeenLease> LookAsync(CancellationToken cancellationToken) =>
        SeenLease.Read(await folder.AskAsync(StateScripts.Look, cancellationToken).ConfigureAwait(false), folder);

    private async Task<bool> ExchangeAsync(SeenLease seen, LeaseFile lease, bool sweep, CancellationToken cancellationToken) =>
        await folder.WriteAsync(null, path => StateScripts.Exchange(path, seen.Text, EngineJson.Write(lease), sweep), cancellationToken).ConfigureAwait(false) is not null;
}
