using UpgradeOps.Engine.State;

namespace UpgradeOps.Engine.Tests.Simulation;

/// <summary>State in memory that outlives the simulated process; each append is a point at which the process may die, before or after it.</summary>
internal sealed class SimState(SimWorld world) : IAppState
{
    private readonly Dictionary<string, List<string>> _journals = [];
    private readonly Dictionary<string, byte[]> _files = [];
    private readonly List<string> _refused = [];
    private AppMemory _memory = new();
    private long _fence;
    private SimLease? _held;

    public string Location => "memory";

    public bool IsFree => _held is null;

    public IReadOnlyDictionary<string, List<string>> Journals => _journals;

    public AppMemory Memory => _memory;

    public Task CheckWritableAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    /// <summary>Another process takes the lease over, as after a pause that was taken for death; the present holder does not learn of it.</summary>
    public void LoseLease()
    {
        _fence++;
        _held = null;
    }

    public Task<AppMemory> ReadAsync(CancellationToken cancellationToken) => Task.FromResult(_memory);

    public Task<AppMemory> ChangeAsync(ILease lease, Func<AppMemory, AppMemory> change, CancellationToken cancellationToken)
    {
        world.Death.Pass("before memory");
        _memory = change(_memory);
        return Task.FromResult(_memory);
    }

    public Task<ILease> TakeLeaseAsync(string purpose, CancellationToken cancellationToken)
    {
        if (_held is { } held && !held.Death.Dead)
        {
            throw new AppException(ErrorIds.LockHeld, "held", "sim");
        }

        _held = new SimLease(this, ++_fence, world.Death);
        return Task.FromResult<ILease>(_held);
    }

    public Task<LockInfo?> ReadLeaseAsync(CancellationToken cancellationToken) => Task.FromResult(_held?.Info);

    public Task BreakLeaseAsync(bool force, CancellationToken cancellationToken) => throw new NotSupportedException();

    public Task<IReadOnlyList<string>> ListOperationsAsync(CancellationToken cancellationToken) =>
        Task.FromResult<IReadOnlyList<string>>(_journals.Keys.Order(StringComparer.Ordinal).ToList());

    public Task<IReadOnlyList<string>> ReadJournalAsync(string operationId, CancellationToken cancellationToken) =>
        Task.FromResult<IReadOnlyList<string>>(_journals.TryGetValue(operationId, out var lines) ? [.. lines] : []);

    public Task AppendJournalAsync(ILease lease, string operationId, string line, CancellationToken cancellationToken)
    {
        world.Death.Pass("before append");
        if (lease.Fence != _fence)
        {
            throw new AppException(ErrorIds.LockLost, "fenced", "sim");
        }

        if (!_journals.TryGetValue(operationId, out var lines))
        {
            _journals[operationId] = lines = [];
        }

        lines.Add(line);
        world.Death.Pass("after append");
        return Task.CompletedTask;
    }

    public Task<string> KeepFileAsync(ILease lease, string operationId, string name, ReadOnlyMemory<byte> bytes, CancellationToken cancellationToken)
    {
        world.Death.Pass("before keep");
        _files.TryAdd($"{operationId}/{name}", bytes.ToArray());
        return Task.FromResult(name);
    }

    public Task<byte[]?> ReadFileAsync(string operationId, string name, CancellationToken cancellationToken) =>
        Task.FromResult(_files.GetValueOrDefault($"{operationId}/{name}"));

    public Task NoteRefusalAsync(string line, CancellationToken cancellationToken)
    {
        _refused.Add(line);
        return Task.CompletedTask;
    }

    public Task<IReadOnlyList<string>> ReadRefusalsAsync(CancellationToken cancellationToken) => Task.FromResult<IReadOnlyList<string>>([.. _refused]);

    private sealed class SimLease(SimState state, long fence, SimDeath death) : ILease
    {
        public SimDeath Death => death;

        public long Fence => fence;

        public LockInfo Info { get; } = new()
        {
            Name = "sim",
            Fence = fence,
            Machine = "sim",
            User = "tester",
            ProcessId = 1,
            Purpose = "test",
            TakenAt = DateTimeOffset.UnixEpoch,
            ExpiresAt = DateTimeOffset.UnixEpoch,
        };

        public ValueTask DisposeAsync()
        {
            if (!death.Dead && state._held == this)
            {
                state._held = null;
            }

            return ValueTask.CompletedTask;
        }
    }
}
