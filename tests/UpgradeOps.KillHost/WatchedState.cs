using UpgradeOps.Engine.State;
using UpgradeOps.Engine.Updates.Journal;

namespace UpgradeOps.KillHost;

/// <summary>An application's state whose every write passes the boundaries on both sides.</summary>
internal sealed class WatchedState(IAppState inner, Boundaries boundaries) : IAppState
{
    public string Location => inner.Location;

    public Task CheckWritableAsync(CancellationToken cancellationToken) => inner.CheckWritableAsync(cancellationToken);

    public Task<AppMemory> ReadAsync(CancellationToken cancellationToken) => inner.ReadAsync(cancellationToken);

    public async Task<AppMemory> ChangeAsync(ILease lease, Func<AppMemory, AppMemory> change, CancellationToken cancellationToken)
    {
        boundaries.Other("before remembering");
        var memory = await inner.ChangeAsync(lease, change, cancellationToken);
        boundaries.Other("after remembering");
        return memory;
    }

    public async Task<ILease> TakeLeaseAsync(string purpose, CancellationToken cancellationToken)
    {
        var lease = await inner.TakeLeaseAsync(purpose, cancellationToken);
        boundaries.Other("after taking the lease");
        return lease;
    }

    public Task<LockInfo?> ReadLeaseAsync(CancellationToken cancellationToken) => inner.ReadLeaseAsync(cancellationToken);

    public Task BreakLeaseAsync(bool force, CancellationToken cancellationToken) => inner.BreakLeaseAsync(force, cancellationToken);

    public Task<IReadOnlyList<string>> ListOperationsAsync(CancellationToken cancellationToken) => inner.ListOperationsAsync(cancellationToken);

    public Task<IReadOnlyList<string>> ReadJournalAsync(string operationId, CancellationToken cancellationToken) =>
        inner.ReadJournalAsync(operationId, cancellationToken);

    public async Task AppendJournalAsync(ILease lease, string operationId, string line, CancellationToken cancellationToken)
    {
        var entry = JournalCodec.Read(line, operationId)!;
        var where = $"{(entry.Step.Length == 0 ? entry.Kind : entry.Step)} {entry.Event.ToString().ToLowerInvariant()}";
        boundaries.Before(entry.Event, where);
        await inner.AppendJournalAsync(lease, operationId, line, cancellationToken);
        boundaries.After(entry.Event, where);
    }

    public async Task<string> KeepFileAsync(ILease lease, string operationId, string name, ReadOnlyMemory<byte> bytes, CancellationToken cancellationToken)
    {
        boundaries.Other($"before keeping {name}");
        return await inner.KeepFileAsync(lease, operationId, name, bytes, cancellationToken);
    }

    public Task<byte[]?> ReadFileAsync(string operationId, string name, CancellationToken cancellationToken) =>
        inner.ReadFileAsync(operationId, name, cancellationToken);

    public Task NoteRefusalAsync(string line, CancellationToken cancellationToken) => inner.NoteRefusalAsync(line, cancellationToken);

    public Task<IReadOnlyList<string>> ReadRefusalsAsync(CancellationToken cancellationToken) => inner.ReadRefusalsAsync(cancellationToken);
}
