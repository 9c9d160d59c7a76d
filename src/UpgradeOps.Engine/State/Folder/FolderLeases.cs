using UpgradeOps.Engine.Hosts.Durable;

namespace UpgradeOps.Engine.State.Folder;

/// <summary>Who works on an application whose state is a folder: <c>lease.json</c> under a short lock on <c>guard.lock</c>.</summary>
internal sealed class FolderLeases(string name, string folder, TimeProvider time)
{
    /// <summary>Longer than one heartbeat, so that a living owner is seen to beat.</summary>
    private static readonly TimeSpan Watch = FolderLease.Beat * 2;

    private readonly FolderReserve _reserve = new(Path.Combine(folder, "reserve"));

    private string LeasePath => Path.Combine(folder, "lease.json");

    public async Task<ILease> TakeAsync(string purpose, CancellationToken cancellationToken)
    {
        var (guard, held) = await EnterWhenGoneAsync(force: false, cancellationToken).ConfigureAwait(false);
        using (guard)
        {
            var now = time.GetUtcNow();
            var taken = new LeaseFile
            {
                Fence = held.Fence + 1,
                Owner = OwnerIdentity.Current,
                Purpose = purpose,
                TakenAt = now,
                ExpiresAt = now + FolderLease.Lifetime,
            };
            FileStream? owner = null;
            Guarded(() =>
            {
                FolderLitter.Sweep(folder);
                owner = FolderGuard.Lock(OwnerPath(taken.Fence));
                try
                {
                    _reserve.Use(() => taken.Write(LeasePath));
                }
                catch
                {
                    // Nobody became the owner: this process must not stand in its own way at the next try.
                    owner.Dispose();
                    File.Delete(OwnerPath(taken.Fence));
                    throw;
                }

                _reserve.Fill();
            });
            return new FolderLease(this, taken.ToLockInfo(name, alive: true), owner!, time);
        }
    }

    public LockInfo? Read()
    {
        var held = LeaseFile.Read(LeasePath);
        return held.Owner is null ? null : held.ToLockInfo(name, Judge(held).ToAlive());
    }

    public async Task BreakAsync(bool force, CancellationToken cancellationToken)
    {
        if (!Directory.Exists(folder))
        {
            return;
        }

        var (guard, held) = await EnterWhenGoneAsync(force, cancellationToken).ConfigureAwait(false);
        using (guard)
        {
            Guarded(() =>
            {
                if (held.Owner is not null)
                {
                    // A higher fence also stops an owner that still lives: its next append is refused.
                    (held with { Fence = held.Fence + 1, Owner = null }).Write(LeasePath);
                }

                // Also of one that was killed right before it had the lease, or right after.
                FolderLitter.Sweep(folder);
            });
        }
    }

    public async Task RenewAsync(FolderLease lease)
    {
        using var guard = await EnterAsync(CancellationToken.None).ConfigureAwait(false);
        var held = LeaseFile.Read(LeasePath);
        if (held.Fence == lease.Fence && held.Owner is not null)
        {
            Guarded(() => (held with { ExpiresAt = time.GetUtcNow() + FolderLease.Lifetime }).Write(LeasePath));
        }
    }

    public async Task ReleaseAsync(FolderLease lease)
    {
        using var guard = await EnterAsync(CancellationToken.None).ConfigureAwait(false);
        var held = LeaseFile.Read(LeasePath);
        if (held.Fence == lease.Fence)
        {
            Guarded(() => _reserve.Use(() => (held with { Owner = null }).Write(LeasePath)));
        }
    }

    /// <summary>Writes as the owner of a lease; nobody can take it meanwhile.</summary>
    /// <param name="write">All or nothing: done again, where it matters, with the room that is kept for a full disk.</param>
    /// <param name="matters">Whether there is no way back without it.</param>
    /// <exception cref="AppException"><see cref="ErrorIds.LockLost"/>, <see cref="ErrorIds.DiskTooFull"/>.</exception>
    public async Task WriteAsync(ILease lease, Action write, bool matters, CancellationToken cancellationToken)
    {
        using var guard = await EnterAsync(cancellationToken).ConfigureAwait(false);
        var held = LeaseFile.Read(LeasePath);
        if (held.Fence != lease.Fence || held.Owner is null)
        {
            throw LeaseRefusal.Lost(name, lease.Fence, held.Fence);
        }

        Guarded(matters ? () => _reserve.Use(write) : write);
    }

    /// <summary>Writes what needs no lease, while nobody of ours writes in the folder.</summary>
    public async Task WriteBesideAsync(Action write, CancellationToken cancellationToken)
    {
        using var guard = await EnterAsync(cancellationToken).ConfigureAwait(false);
        Guarded(write);
    }

    public AppException NotWritable(Exception e) => DiskFull.Is(e)
        ? new(ErrorIds.DiskTooFull, $"The journal of {name} cannot be written, because the disk that holds {folder} is full.", folder, inner: e)
        : new(ErrorIds.StateNotWritable, $"The state of {name} cannot be written in {folder}: {e.Message}", folder, inner: e);

    /// <summary>Enters the guard with a lease that nobody living holds, or with any when forced.</summary>
    private async Task<(IDisposable Guard, LeaseFile Held)> EnterWhenGoneAsync(bool force, CancellationToken cancellationToken)
    {
        LeaseFile? watched = null;
        while (true)
        {
            var guard = await EnterAsync(cancellationToken).ConfigureAwait(false);
            try
            {
                var held = LeaseFile.Read(LeasePath);
                var verdict = Judge(held);
                if (force || verdict is LeaseVerdict.Free or LeaseVerdict.Dead || (verdict == LeaseVerdict.Doubtful && held == watched))
                {
                    var entered = guard;
                    guard = null;
                    return (entered, held);
                }

                if (verdict != LeaseVerdict.Doubtful || watched is not null)
                {
                    throw LeaseRefusal.Held(held.ToLockInfo(name, verdict.ToAlive()));
                }

                watched = held;
            }
            finally
            {
                guard?.Dispose();
            }

            await Task.Delay(Watch, time, cancellationToken).ConfigureAwait(false);
        }
    }

    private LeaseVerdict Judge(LeaseFile held)
    {
        if (held.Owner is not { } owner)
        {
            return LeaseVerdict.Free;
        }

        var lives = owner.IsAlive();
        if (lives == false)
        {
            return LeaseVerdict.Dead;
        }

        var path = OwnerPath(held.Fence);
        if (FolderGuard.IsLocked(path) || (owner.IsThisProcess() && HeldHere.Has(path)))
        {
            return LeaseVerdict.Alive;
        }

        if (held.Connection is { } connection)
        {
            // It works over SSH from this very machine, or from another one.
            if (lives == true && (!owner.IsThisProcess() || HeldHere.Has(connection)))
            {
                return LeaseVerdict.Alive;
            }
        }
        else if (owner.IsThisProcess() || (lives is null && owner.RunsUnderThisKernel()))
        {
            return LeaseVerdict.Dead;
        }

        // An expiry that is further away than any owner sets it comes from a clock that went another way than ours.
        var left = held.ExpiresAt - time.GetUtcNow();
        return left > TimeSpan.Zero && left <= FolderLease.Lifetime + FolderLease.Beat ? LeaseVerdict.Beating : LeaseVerdict.Doubtful;
    }

    private async Task<IDisposable> EnterAsync(CancellationToken cancellationToken)
    {
        Guarded(() => DurableFolder.Create(folder));
        try
        {
            return await FolderGuard.EnterAsync(Path.Combine(folder, "guard.lock"), time, cancellationToken).ConfigureAwait(false);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw NotWritable(e);
        }
    }

    private void Guarded(Action write)
    {
        try
        {
            write();
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw NotWritable(e);
        }
    }

    private string OwnerPath(long fence) => Path.Combine(folder, $"owner-{fence}.lock");
}
