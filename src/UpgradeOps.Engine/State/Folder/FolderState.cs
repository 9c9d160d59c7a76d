using System.Text;
using UpgradeOps.Engine.Hosts.Durable;
using UpgradeOps.Engine.Json;

namespace UpgradeOps.Engine.State.Folder;

/// <summary>
/// State in a folder of the machine that the application runs on: <c>memory.json</c>, <c>lease.json</c>, <c>refused.jsonl</c>,
/// <c>operations/ID/journal.jsonl</c> and the files kept beside it.
/// </summary>
internal sealed class FolderState(string name, string folder, TimeProvider time) : IAppState
{
    private readonly FolderLeases _leases = new(name, folder, time);
    private readonly FolderRefusals _refusals = new(Path.Combine(folder, "refused.jsonl"));
    private readonly HashSet<string> _mended = [];

    public string Location => folder;

    private string MemoryPath => Path.Combine(folder, "memory.json");

    /// <summary>Asks and does not try: making a plan changes nothing, not even for a moment.</summary>
    public Task CheckWritableAsync(CancellationToken cancellationToken)
    {
        var nearest = folder;
        while (!Path.Exists(nearest) && Path.GetDirectoryName(nearest) is { } parent)
            nearest = parent;
        return DurableFolder.WhyNotWritable(nearest) is { } reason ? throw _leases.NotWritable(new IOException($"{nearest}: {reason}")) : Task.CompletedTask;
    }

    public Task<AppMemory> ReadAsync(CancellationToken cancellationToken) => Task.FromResult(ReadMemory());

    public async Task<AppMemory> ChangeAsync(ILease lease, Func<AppMemory, AppMemory> change, CancellationToken cancellationToken)
    {
        AppMemory? changed = null;
        await _leases.WriteAsync(
            lease,
            () =>
            {
                changed = change(ReadMemory());
                DurableFile.WriteAtomic(MemoryPath, Encoding.UTF8.GetBytes(EngineJson.Write(changed, indented: true)));
            },
            matters: true,
            cancellationToken).ConfigureAwait(false);
        return changed!;
    }

    public Task<ILease> TakeLeaseAsync(string purpose, CancellationToken cancellationToken) => _leases.TakeAsync(purpose, cancellationToken);

    public Task<LockInfo?> ReadLeaseAsync(CancellationToken cancellationToken) => Task.FromResult(_leases.Read());

    public Task BreakLeaseAsync(bool force, CancellationToken cancellationToken) => _leases.BreakAsync(force, cancellationToken);

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

    public Task AppendJournalAsync(ILease lease, string operationId, string line, CancellationToken cancellationToken)
    {
        var path = JournalPath(operationId);
        return _leases.WriteAsync(
            lease,
            () =>
            {
                DurableFolder.Create(Path.GetDirectoryName(path)!);
                if (_mended.Add(operationId))
                {
                    JournalFile.CutTornTail(path);
                }

                try
                {
                    JournalFile.Append(path, line);
                }
                catch
                {
                    // A full disk may have taken half of it.
                    _mended.Remove(operationId);
                    throw;
                }
            },
            matters: true,
            cancellationToken);
    }

    public async Task<string> KeepFileAsync(ILease lease, string operationId, string file, ReadOnlyMemory<byte> bytes, CancellationToken cancellationToken)
    {
        var path = KeptPath(operationId, file);
        await _leases.WriteAsync(
            lease,
            () =>
            {
                if (!File.Exists(path))
                {
                    DurableFolder.Create(Path.GetDirectoryName(path)!);
                    DurableFile.WriteAtomic(path, bytes.Span);
                }
            },
            matters: false,
            cancellationToken).ConfigureAwait(false);
        return path;
    }

    public async Task<byte[]?> ReadFileAsync(string operationId, string file, CancellationToken cancellationToken)
    {
        var path = KeptPath(operationId, file);
        return File.Exists(path) ? await File.ReadAllBytesAsync(path, cancellationToken).ConfigureAwait(false) : null;
    }

    public Task NoteRefusalAsync(string line, CancellationToken cancellationToken) => _leases.WriteBesideAsync(() => _refusals.Append(line), cancellationToken);

    public Task<IReadOnlyList<string>> ReadRefusalsAsync(CancellationToken cancellationToken) => Task.FromResult(_refusals.Read());

    private AppMemory ReadMemory() => File.Exists(MemoryPath)
        ? EngineJson.Read<AppMemory>(File.ReadAllText(MemoryPath), ErrorIds.StateDamaged, MemoryPath)
        : new AppMemory();

    private string JournalPath(string operationId) => Path.Combine(OperationPath(operationId), "journal.jsonl");

    private string KeptPath(string operationId, string file) => Path.Combine(OperationPath(operationId), "kept", KeptName.Check(file));

    private string OperationPath(string operationId) => Path.Combine(folder, "operations", KeptName.Check(operationId));
}
