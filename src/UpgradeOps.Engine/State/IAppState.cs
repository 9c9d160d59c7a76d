namespace UpgradeOps.Engine.State;

/// <summary>
/// What is remembered about one application. It lives with the application, so that two people on two machines see one truth.
/// </summary>
internal interface IAppState
{
    /// <summary>Where it is, for a person: a folder, an address.</summary>
    string Location { get; }

    /// <summary>Fails with <see cref="ErrorIds.StateNotWritable"/> when nothing can be written there.</summary>
    Task CheckWritableAsync(CancellationToken cancellationToken);

    Task<AppMemory> ReadAsync(CancellationToken cancellationToken);

    /// <summary>Reads, changes and writes the memory as one, under the lease.</summary>
    Task<AppMemory> ChangeAsync(ILease lease, Func<AppMemory, AppMemory> change, CancellationToken cancellationToken);

    /// <exception cref="AppException"><see cref="ErrorIds.LockHeld"/>: somebody else works on this application.</exception>
    Task<ILease> TakeLeaseAsync(string purpose, CancellationToken cancellationToken);

    /// <returns>Null when nobody holds it.</returns>
    Task<LockInfo?> ReadLeaseAsync(CancellationToken cancellationToken);

    /// <summary>Frees the lease of a dead owner, of a living one only when forced, and clears away what dead owners left.</summary>
    Task BreakLeaseAsync(bool force, CancellationToken cancellationToken);

    /// <summary>Ids of all operations, oldest first.</summary>
    Task<IReadOnlyList<string>> ListOperationsAsync(CancellationToken cancellationToken);

    /// <summary>
    /// The raw journal lines of an operation, without line ends; only a last line that is damaged although its end was written keeps it, so
    /// that it is not taken for a torn one.
    /// </summary>
    Task<IReadOnlyList<string>> ReadJournalAsync(string operationId, CancellationToken cancellationToken);

    /// <summary>Appends one line; it is on disk when this returns.</summary>
    /// <exception cref="AppException"><see cref="ErrorIds.LockLost"/>: the lease has a newer owner. Nothing was written.</exception>
    Task AppendJournalAsync(ILease lease, string operationId, string line, CancellationToken cancellationToken);

    /// <summary>Keeps a file with an operation; an existing one of that name stays as it is.</summary>
    /// <returns>Where it is, for a person.</returns>
    /// <exception cref="AppException"><see cref="ErrorIds.LockLost"/>: the lease has a newer owner. Nothing was written.</exception>
    Task<string> KeepFileAsync(ILease lease, string operationId, string name, ReadOnlyMemory<byte> bytes, CancellationToken cancellationToken);

    Task<byte[]?> ReadFileAsync(string operationId, string name, CancellationToken cancellationToken);

    /// <summary>
    /// Notes an attempt that was refused, as a sealed line (<see cref="JournalLine"/>). It needs no lease and does not disturb who holds it,
    /// and belongs to no operation; the newest <see cref="RefusedAttempts.Kept"/> are kept.
    /// </summary>
    Task NoteRefusalAsync(string line, CancellationToken cancellationToken);

    /// <returns>The lines as they were noted, oldest first; a damaged one as it stands.</returns>
    Task<IReadOnlyList<string>> ReadRefusalsAsync(CancellationToken cancellationToken);
}

/// <summary>The right to change an application, for as long as it is held.</summary>
internal interface ILease : IAsyncDisposable
{
    long Fence { get; }

    LockInfo Info { get; }
}

/// <summary>What is remembered between operations.</summary>
internal sealed record AppMemory
{
    public int Format { get; init; } = 1;

    /// <summary>The channel that a person chose with <c>-Channel</c>.</summary>
    public string? Channel { get; init; }

    public IReadOnlyList<KnownBadVersion> KnownBad { get; init; } = [];

    public IReadOnlyList<TakenBackVersion> TakenBack { get; init; } = [];

    /// <summary>Instances that a backup by hand holds at this moment; after a crash, whom to let go.</summary>
    public IReadOnlyList<string> HeldWriters { get; init; } = [];
}

/// <summary>A version that failed here.</summary>
internal sealed record KnownBadVersion(string Version, string? Digest, string ErrorId, string Reason, DateTimeOffset At, string OperationId);

/// <summary>A version that ran and was kept, until a person took it back.</summary>
/// <param name="By"><c>user@machine</c></param>
internal sealed record TakenBackVersion(string Version, string? Digest, string By, DateTimeOffset At, string OperationId);
