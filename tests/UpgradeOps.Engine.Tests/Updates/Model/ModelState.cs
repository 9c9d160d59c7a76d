using UpgradeOps.Engine.State;
using UpgradeOps.Engine.Tests.Simulation;
using UpgradeOps.Engine.Updates.Journal;

namespace UpgradeOps.Engine.Tests.Updates.Model;

/// <summary>The simulated state, of which the ledger learns every line that came to be on disk, also when the process died right after.</summary>
internal sealed class ModelState(SimState inner, ModelLedger ledger) : IAppState
{
    public string Location => inner.Location;

    public Task CheckWritableAsync(CancellationToken cancellationToken) => inner.CheckWritableAsync(cancellationToken);

    public Task<AppMemory> ReadAsync(CancellationToken cancellationToken) => inner.ReadAsync(cancellationToken);

    public Task<AppMemory> ChangeAsync(ILease lease, Func<AppMemory, AppMemory> change, CancellationToken cancellationToken) =>
        inner.ChangeAsync(lease, change, cancellationToken);

    public Task<ILease> TakeLeaseAsync(string purpose, CancellationToken cancellationToken) => inner.TakeLeaseAsync(purpose, cancellationToken);

    public Task<LockInfo?> ReadLeaseAsync(CancellationToken cancellationToken) => inner.ReadLeaseAsync(cancellationToken);

    public Task BreakLeaseAsync(bool force, CancellationToken cancellationToken) => inner.BreakLeaseAsync(force, cancellationToken);

    public Task<IReadOnlyList<string>> ListOperationsAsync(CancellationToken cancellationToken) => inner.ListOperationsAsync(cancellationToken);

    public Task<IReadOnlyList<string>> ReadJournalAsync(string operationId, CancellationToken cancellationToken) =>
        inner.ReadJournalAsync(operationId, cancellationToken);

    public async Task AppendJournalAsync(ILease lease, string operationId, string line, CancellationToken cancellationToken)
    {
        var before = Count(operationId);
        try
        {
            await inner.AppendJournalAsync(lease, operationId, line, cancellationToken);
        }
        finally
        {
            if (Count(operationId) > before)
            {
                ledger.Note(JournalCodec.Read(line, operationId)!);
            }
        }
    }

    public Task<string> KeepFileAsync(ILease lease, string operationId, string name, ReadOnlyMemory<byte> bytes, CancellationToken cancellationToken) =>
        inner.KeepFileAsync(lease, operationId, name, bytes, cancellationToken);

    public Task<byte[]?> ReadFileAsync(string operationId, string name, CancellationToken cancellationToken) =>
        inner.ReadFileAsync(operationId, name, cancellationToken);

    public Task NoteRefusalAsync(string line, CancellationToken cancellationToken) => inner.NoteRefusalAsync(line, cancellationToken);

    public Task<IReadOnlyList<string>> ReadRefusalsAsync(CancellationToken cancellationToken) => inner.ReadRefusalsAsync(cancellationToken);

    private int Count(string operationId) => inner.Journals.TryGetValue(operationId, out var lines) ? lines.Count : 0;
}
