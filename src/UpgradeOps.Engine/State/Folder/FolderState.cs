using System.Text;
using UpgradeOps.Engine.Hosts.Durable;
using UpgradeOps.Engine.Json;

namespace UpgradeOps.Engine.State.Folder;

/// <summary>
/// State in a folder of the machine that the application runs on: <c>memory.json</c>, <c>lease.json</c>,
/// <c>operations/ID/journal.jsonl</c> and the files kept beside it.
/// </summary>
internal sealed class FolderState(string name, string folder, TimeProvider time) : IAppState
{
    private readonly HashSet<string> _mended = [];

    public string Location => folder;

    private string GuardPath => Path.Combine(folder, "guard.lock");

    private string LeasePath => Path.Combine(folder, "lease.json");

    private string MemoryPath => Path.Combine(folder, "memory.json");

    /// <summary>Asks and does not try: making a plan changes nothing, not even for a moment.</summary>
    public Task CheckWritableAsync(CancellationToken cancellationToken)
    {
        var nearest = folder;
        while (!Path.Exists(nearest) && Path.GetDirectoryName(nearest) is { } parent)
            nearest = parent;
        return DurableFolder.WhyNotWritable(nearest) is { } reason ? throw NotWritable(new IOException($"{nearest}: {reason}")) : Task.CompletedTask;
    }

    public Task<AppMemory> ReadAsync(CancellationToken cancellationToken) => Task.FromResult(ReadMemory());

    public async Task<AppMemory> ChangeAsync(ILease lease, Func<AppMemory, AppMemory> change, CancellationToken cancellationToken)
    {
        using var guard = await EnterAsync(cancellationToken).ConfigureAwait(false);
        RequireFence(lease);
        var changed = change(ReadMemory());
        Guarded(() => DurableFile.WriteAtomic(MemoryPath, Encoding.UTF8.GetBytes(EngineJson.Write(changed, indented: true))));
        return changed;
    }

    public async Task<ILease> TakeLeaseAsync(string purpose, CancellationToken cancellationToken)
    {
        using var guard = await EnterAsync(cancellationToken).ConfigureAwait(false);
        var held = LeaseFile.Read(LeasePath);
        if (held.Owner is not null && IsAlive(held) != false)
        {
            throw Held(held);
        }

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
            File.Delete(OwnerPath(held.Fence));
            Sweep();
            owner = FolderGuard.Lock(OwnerPath(taken.Fence));
            taken.Write(LeasePath);
        });
        return new FolderLease(this, taken.ToLockInfo(name, alive: true), owner!, time);
    }

    public Task<LockInfo?> ReadLeaseAsync(CancellationToken cancellationToken)
    {
        var held = LeaseFile.Read(LeasePath);
        return Task.FromResult(held.Owner is null ? null : held.ToLockInfo(name, IsAlive(held)));
    }

    public async Task BreakLeaseAsync(bool force, CancellationToken cancellationToken)
    {
        using var guard = await EnterAsync(cancellationToken).ConfigureAwait(false);
        var held = LeaseFile.Read(LeasePath);
        if (held.Owner is null)
        {
            return;
        }

        if (!force && IsAlive(held) != false)
        {
            throw Held(held);
        }

        // A higher fence also stops an owner that still lives: its next append is refused.
        Guarded(() =>
        {
            (held with { Fence = held.Fence + 1, Owner = null }).Write(LeasePath);
            Sweep();
            File.Delete(OwnerPath(held.Fence));
        });
    }

    public Task<IReadOnlyList<string>> ListOperationsAsync(CancellationToken cancellationToken)
    {
        var operations = Path.Combine(folder, "operations");
        IReadOnlyList<string> ids = Directory.Exists(operations)
            ? Directory.GetDirectories(operations).Where(d => File.Exists(JournalPath(Path.GetFileName(d)))).Select(d => Path.GetFileName(d)!).Order(StringComparer.Ordinal).ToList()
            : [];
        return Task.FromResult(ids);
    }

    public Task<IReadOnlyList<string>> ReadJournalAsync(string operationId, CancellationToken cancellationToken) =>
        Task.FromResult(JournalFile.Read(JournalPath(operationId)));

    public async Task AppendJournalAsync(ILease lease, string operationId, string line, CancellationToken cancellationToken)
    {
        using var guard = await EnterAsync(cancellationToken).ConfigureAwait(false);
        RequireFence(lease);
        Guarded(() =>
        {
            var path = JournalPath(operationId);
            DurableFolder.Create(Path.GetDirectoryName(path)!);
            if (_mended.Add(operationId))
            {
                JournalFile.CutTornTail(path);
            }

            JournalFile.Append(path, line);
        });
    }

    public Task<string> KeepFileAsync(string operationId, string file, ReadOnlyMemory<byte> bytes, CancellationToken cancellationToken)
    {
        var path = KeptPath(operationId, file);
        if (!File.Exists(path))
        {
            Guarded(() =>
            {
                DurableFolder.Create(Path.GetDirectoryName(path)!);
                DurableFile.WriteAtomic(path, bytes.Span);
            });
        }

        return Task.FromResult(path);
    }

    public async Task<byte[]?> ReadFileAsync(string operationId, string file, CancellationToken cancellationToken)
    {
        var path = KeptPath(operationId, file);
        return File.Exists(path) ? await File.ReadAllBytesAsync(path, cancellationToken).ConfigureAwait(false) : null;
    }

    internal async Task RenewAsync(FolderLease lease)
    {
        using var guard = await EnterAsync(CancellationToken.None).ConfigureAwait(false);
        var held = LeaseFile.Read(LeasePath);
        if (held.Fence == lease.Fence && held.Owner is not null)
        {
            (held with { ExpiresAt = time.GetUtcNow() + FolderLease.Lifetime }).Write(LeasePath);
        }
    }

    internal async Task ReleaseAsync(FolderLease lease)
    {
        using var guard = await EnterAsync(CancellationToken.None).ConfigureAwait(false);
        var held = LeaseFile.Read(LeasePath);
        if (held.Fence == lease.Fence)
        {
            Guarded(() => (held with { Owner = null }).Write(LeasePath));
        }
    }

    // What the killed owner before us was writing. A living one writes under the guard, which we hold.
    private void Sweep()
    {
        Leftovers.Sweep(folder);
        var operations = new DirectoryInfo(Path.Combine(folder, "operations"));
        if (operations.Exists && operations.GetDirectories().MaxBy(d => d.Name, StringComparer.Ordinal) is { } newest)
        {
            Leftovers.Sweep(newest.FullName);
            Leftovers.Sweep(Path.Combine(newest.FullName, "kept"));
        }
    }

    private void RequireFence(ILease lease)
    {
        var held = LeaseFile.Read(LeasePath);
        if (held.Fence != lease.Fence || held.Owner is null)
        {
            throw new AppException(
                ErrorIds.LockLost,
                $"This process no longer holds the lock of {name}: its number is {lease.Fence}, the newest is {held.Fence}. Nothing was written.",
                name);
        }
    }

    /// <returns>Null when only an unexpired heartbeat says so.</returns>
    private bool? IsAlive(LeaseFile held)
    {
        if (held.Owner!.IsAlive() is { } known)
        {
            return known;
        }

        // The owner's clock is not ours, so an expired heartbeat alone proves nothing while the kernel still holds its lock.
        try
        {
            using var free = FolderGuard.Lock(OwnerPath(held.Fence));
            return held.ExpiresAt > time.GetUtcNow() ? null : false;
        }
        catch (IOException)
        {
            return true;
        }
    }

    private AppException Held(LeaseFile held) => new(
        ErrorIds.LockHeld,
        $"{held.Owner!.User} on {held.Owner.Machine} (process {held.Owner.ProcessId}) has been working on {name} since {held.TakenAt:u}: {held.Purpose}.",
        name);

    private AppMemory ReadMemory() => File.Exists(MemoryPath)
        ? EngineJson.Read<AppMemory>(File.ReadAllText(MemoryPath), ErrorIds.StateDamaged, MemoryPath)
        : new AppMemory();

    private async Task<IDisposable> EnterAsync(CancellationToken cancellationToken)
    {
        Guarded(() => DurableFolder.Create(folder));
        try
        {
            return await FolderGuard.EnterAsync(GuardPath, time, cancellationToken).ConfigureAwait(false);
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

    private AppException NotWritable(Exception e) =>
        new(ErrorIds.StateNotWritable, $"The state of {name} cannot be written in {folder}: {e.Message}", folder, inner: e);

    private string OwnerPath(long fence) => Path.Combine(folder, $"owner-{fence}.lock");

    private string JournalPath(string operationId) => Path.Combine(OperationPath(operationId), "journal.jsonl");

    private string KeptPath(string operationId, string file) => Path.Combine(OperationPath(operationId), "kept", SafeName(file));

    private string OperationPath(string operationId) => Path.Combine(folder, "operations", SafeName(operationId));

    private static string SafeName(string name) => name.Length > 0 && name.IndexOfAny(['/', '\\', '\0']) < 0 && name is not ("." or "..")
        ? name
        : throw new AppException(ErrorIds.StateDamaged, $"'{name}' is no name for a kept file.", name);
}
