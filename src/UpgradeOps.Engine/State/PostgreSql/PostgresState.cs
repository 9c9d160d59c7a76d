using UpgradeOps.Engine.Json;

namespace UpgradeOps.Engine.State.PostgreSql;

/// <summary>State in a schema of a PostgreSQL database: for what has no place of its own, and for many runners over one fleet.</summary>
internal sealed class PostgresState : IAppState
{
    private readonly string _name;
    private readonly PostgresPlace _place;
    private readonly PostgresSchema _schema;
    private readonly PostgresLeases _leases;
    private readonly PostgresReader _reader;
    private readonly PostgresWriter _writer;
    private readonly PostgresRefusals _refusals;

    /// <param name="steps">The schema's versions; null for this version's.</param>
    public PostgresState(string name, PostgresPlace place, TimeProvider time, IReadOnlyList<string>? steps = null)
    {
        _name = name;
        _place = place;
        _schema = new PostgresSchema(place, steps ?? SchemaSteps.All);
        _leases = new PostgresLeases(name, place, _schema, time);
        _reader = new PostgresReader(name, place, time);
        _writer = new PostgresWriter(name, place);
        _refusals = new PostgresRefusals(name, place);
    }

    public string Location => _place.Location;

    private string Schema => _place.Schema;

    /// <summary>Asks and does not try, as for a folder: no schema is made for a plan.</summary>
    public Task CheckWritableAsync(CancellationToken cancellationToken) => _reader.ReadAsync(
        async connection => await _schema.WhyNotWritableAsync(connection, cancellationToken).ConfigureAwait(false) is { } reason
            ? throw new AppException(
                ErrorIds.StateNotWritable, $"The state of {_name} cannot be written in {Location}: {reason}.", Location, "Grant it: docs/state.md has the statements.")
            : true,
        missing: true,
        cancellationToken);

    public async Task<AppMemory> ReadAsync(CancellationToken cancellationToken) =>
        ToMemory((await ListAsync<string>($"SELECT memory FROM {Schema}.app WHERE name = @app", [], cancellationToken).ConfigureAwait(false)).FirstOrDefault());

    public async Task<AppMemory> ChangeAsync(ILease lease, Func<AppMemory, AppMemory> change, CancellationToken cancellationToken)
    {
        AppMemory? changed = null;
        await _writer.RememberAsync((PostgresLease)lease, before => EngineJson.Write(changed = change(ToMemory(before))), cancellationToken).ConfigureAwait(false);
        return changed!;
    }

    public Task<ILease> TakeLeaseAsync(string purpose, CancellationToken cancellationToken) => _leases.TakeAsync(purpose, cancellationToken);

    public Task<LockInfo?> ReadLeaseAsync(CancellationToken cancellationToken) => _reader.ReadAsync(
        async connection => await LeaseRow.ReadAsync(connection, _place, _name, cancellationToken).ConfigureAwait(false) is { Owner: not null } row
            ? row.ToLockInfo(row.Judge())
            : null,
        missing: null,
        cancellationToken);

    public Task BreakLeaseAsync(bool force, CancellationToken cancellationToken) => _leases.BreakAsync(force, cancellationToken);

    public Task<IReadOnlyList<string>> ListOperationsAsync(CancellationToken cancellationToken) =>
        ListAsync<string>($"SELECT DISTINCT operation FROM {Schema}.journal WHERE app = @app ORDER BY operation", [], cancellationToken);

    public Task<IReadOnlyList<string>> ReadJournalAsync(string operationId, CancellationToken cancellationToken) => ListAsync<string>(
        $"SELECT line FROM {Schema}.journal WHERE app = @app AND operation = @operation ORDER BY position", [("operation", operationId)], cancellationToken);

    public Task AppendJournalAsync(ILease lease, string operationId, string line, CancellationToken cancellationToken) =>
        _writer.AppendAsync((PostgresLease)lease, KeptName.Check(operationId), line, cancellationToken);

    public async Task<string> KeepFileAsync(ILease lease, string operationId, string file, ReadOnlyMemory<byte> bytes, CancellationToken cancellationToken)
    {
        await _writer.KeepAsync((PostgresLease)lease, KeptName.Check(operationId), KeptName.Check(file), bytes, cancellationToken).ConfigureAwait(false);
        return $"{Location}, kept of operation {operationId}: {file}";
    }

    public async Task<byte[]?> ReadFileAsync(string operationId, string file, CancellationToken cancellationToken) => (await ListAsync<byte[]>(
        $"SELECT content FROM {Schema}.kept WHERE app = @app AND operation = @operation AND name = @file",
        [("operation", KeptName.Check(operationId)), ("file", KeptName.Check(file))],
        cancellationToken).ConfigureAwait(false)).FirstOrDefault();

    public Task NoteRefusalAsync(string line, CancellationToken cancellationToken) => _reader.ReadAsync(
        async connection =>
        {
            await _schema.EnsureAsync(connection, cancellationToken).ConfigureAwait(false);
            return await _refusals.AppendAsync(connection, line, cancellationToken).ConfigureAwait(false);
        },
        missing: false,
        cancellationToken);

    public Task<IReadOnlyList<string>> ReadRefusalsAsync(CancellationToken cancellationToken) =>
        _reader.ReadAsync(connection => _refusals.ReadAsync(connection, cancellationToken), [], cancellationToken);

    private Task<IReadOnlyList<T>> ListAsync<T>(string sql, IReadOnlyList<(string, object)> values, CancellationToken cancellationToken) =>
        _reader.ReadAsync(connection => connection.ListAsync<T>(sql, [("app", _name), .. values], cancellationToken), [], cancellationToken);

    private AppMemory ToMemory(string? json) => json is null ? new AppMemory() : EngineJson.Read<AppMemory>(json, ErrorIds.StateDamaged, Location);
}
