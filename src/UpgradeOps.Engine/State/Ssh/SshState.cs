using System.Text;
using UpgradeOps.Engine.Hosts;
using UpgradeOps.Engine.Hosts.Ssh;
using UpgradeOps.Engine.Json;
using UpgradeOps.Engine.State.Folder;

namespace UpgradeOps.Engine.State.Ssh;

/// <summary>
/// State in a folder of an SSH host, in the very files of <see cref="FolderState"/>: runners on other machines and one on the host itself see one
/// lease and one history.
/// </summary>
/// <param name="declared">Absolute folder over there; null for the default.</param>
internal sealed class SshState(string name, SshHost host, string? declared, TimeProvider time) : IAppState
{
    private readonly StateFolder _folder = new(name, host, declared);
    private SshLeases? _leases;

    public string Location => _folder.Location;

    private SshLeases Leases => _leases ??= new SshLeases(name, _folder, time);

    public Task CheckWritableAsync(CancellationToken cancellationToken) => _folder.AskAsync(StateScripts.CheckWritable, cancellationToken);

    public async Task<AppMemory> ReadAsync(CancellationToken cancellationToken) => await ReadAsync("memory.json", cancellationToken).ConfigureAwait(false) is { } bytes
        ? EngineJson.Read<AppMemory>(bytes, ErrorIds.StateDamaged, $"{Location}/memory.json")
        : new AppMemory();

    public async Task<AppMemory> ChangeAsync(ILease lease, Func<AppMemory, AppMemory> change, CancellationToken cancellationToken)
    {
        // Between the two nobody else writes it: that takes the lease, and then the second is refused.
        var changed = change(await ReadAsync(cancellationToken).ConfigureAwait(false));
        await _folder.WriteAsync(
            lease, path => StateScripts.Write(path, lease.Fence, "memory.json", EngineJson.Write(changed, indented: true)), cancellationToken).ConfigureAwait(false);
        return changed;
    }

    public Task<ILease> TakeLeaseAsync(string purpose, CancellationToken cancellationToken) => Leases.TakeAsync(purpose, cancellationToken);

    public Task<LockInfo?> ReadLeaseAsync(CancellationToken cancellationToken) => Leases.ReadAsync(cancellationToken);

    public Task BreakLeaseAsync(bool force, CancellationToken cancellationToken) => Leases.BreakAsync(force, cancellationToken);

    public async Task<IReadOnlyList<string>> ListOperationsAsync(CancellationToken cancellationToken) =>
        [.. (await _folder.AskAsync(StateScripts.ListOperations, cancellationToken).ConfigureAwait(false)).Split('\n', StringSplitOptions.RemoveEmptyEntries).Order(StringComparer.Ordinal)];

    public async Task<IReadOnlyList<string>> ReadJournalAsync(string operationId, CancellationToken cancellationToken) =>
        JournalFile.Lines(await ReadAsync(JournalPath(operationId), cancellationToken).ConfigureAwait(false) ?? []);

    public async Task AppendJournalAsync(ILease lease, string operationId, string line, CancellationToken cancellationToken)
    {
        var held = (SshLease)lease;
        var path = JournalPath(operationId);
        await held.Turn.WaitAsync(cancellationToken).ConfigureAwait(false);
        try
        {
            // Read anew after one that failed: its line may be there all the same.
            if (!held.Offsets.Remove(operationId, out var offset))
                offset = JournalFile.WholeLength(await ReadAsync(path, cancellationToken).ConfigureAwait(false) ?? []);
            var length = Encoding.UTF8.GetByteCount(line) + 1;
            await _folder.WriteAsync(held, folder => StateScripts.Append(folder, held.Fence, operationId, line, offset, length), cancellationToken).ConfigureAwait(false);
            held.Offsets[operationId] = offset + length;
        }
        finally
        {
            held.Turn.Release();
        }
    }

    public async Task<string> KeepFileAsync(ILease lease, string operationId, string file, ReadOnlyMemory<byte> bytes, CancellationToken cancellationToken)
    {
        var path = KeptPath(operationId, file);
        await _folder.WriteAsync(
            lease, folder => StateScripts.Keep(folder, lease.Fence, operationId, file, bytes.Length, Guid.NewGuid().ToString("N")), cancellationToken, bytes).ConfigureAwait(false);
        return $"{Location}/{path}";
    }

    public Task<byte[]?> ReadFileAsync(string operationId, string file, CancellationToken cancellationToken) => ReadAsync(KeptPath(operationId, file), cancellationToken);

    public Task NoteRefusalAsync(string line, CancellationToken cancellationToken) => _folder.WriteAsync(null, path => StateScripts.Refuse(path, line), cancellationToken);

    public async Task<IReadOnlyList<string>> ReadRefusalsAsync(CancellationToken cancellationToken) =>
        FolderRefusals.Newest(JournalFile.Lines(await ReadAsync("refused.jsonl", cancellationToken).ConfigureAwait(false) ?? []));

    private async Task<byte[]?> ReadAsync(string path, CancellationToken cancellationToken) =>
        await host.Files.ReadAsync(HostPath.Join(await _folder.PathAsync(cancellationToken).ConfigureAwait(false), path), cancellationToken).ConfigureAwait(false);

    private static string JournalPath(string operationId) => $"operations/{KeptName.Check(operationId)}/journal.jsonl";

    private static string KeptPath(string operationId, string file) => $"operations/{KeptName.Check(operationId)}/kept/{KeptName.Check(file)}";
}
