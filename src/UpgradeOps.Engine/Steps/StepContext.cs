using UpgradeOps.Engine.Progress;

namespace UpgradeOps.Engine.Steps;

/// <summary>What a step is given while it runs: its operation's memory, files and progress.</summary>
internal abstract class StepContext
{
    public abstract string OperationId { get; }

    public abstract string StepId { get; }

    /// <summary>What this step recorded so far, also in an earlier process.</summary>
    public abstract IReadOnlyDictionary<string, string> Outputs { get; }

    /// <summary>What an earlier step of the same operation recorded; empty when it did not run.</summary>
    /// <param name="kind">The step's kind, such as <c>compose.create</c>.</param>
    public abstract IReadOnlyDictionary<string, string> OutputsOf(string kind);

    /// <summary>Writes values to the journal (on disk when this returns), for undo, for later steps and for a later process. No secrets.</summary>
    public abstract Task RecordAsync(IReadOnlyDictionary<string, string> outputs, CancellationToken cancellationToken);

    /// <summary>Keeps bytes with the operation, such as the file that is about to be edited. Overwrites nothing: the first bytes under a name stay.</summary>
    public abstract Task KeepAsync(string name, ReadOnlyMemory<byte> bytes, CancellationToken cancellationToken);

    /// <returns>What <see cref="KeepAsync"/> kept under this name; null when nothing.</returns>
    public abstract Task<byte[]?> KeptAsync(string name, CancellationToken cancellationToken);

    /// <returns>A configuration file as it was when the operation that this one undoes began; null when this one undoes none, or had no such file.</returns>
    public virtual Task<byte[]?> RecordedFileAsync(string path, CancellationToken cancellationToken) => Task.FromResult<byte[]?>(null);

    /// <returns>What a step of this one's kind kept under this name in an earlier operation; null when nothing.</returns>
    public virtual Task<byte[]?> KeptByAsync(string operationId, string name, CancellationToken cancellationToken) => Task.FromResult<byte[]?>(null);

    public abstract IProgressSink Progress { get; }

    public abstract TimeProvider Time { get; }

    public Task RecordAsync(string name, string value, CancellationToken cancellationToken) =>
        RecordAsync(new Dictionary<string, string> { [name] = value }, cancellationToken);

    /// <summary>Tells a person what is going on in this step.</summary>
    public void Tell(string message, long? bytesDone = null, long? bytesTotal = null) =>
        Progress.Report(new ProgressEvent(ProgressKind.Working, StepId, message) { BytesDone = bytesDone, BytesTotal = bytesTotal, At = Time.GetUtcNow() });
}
