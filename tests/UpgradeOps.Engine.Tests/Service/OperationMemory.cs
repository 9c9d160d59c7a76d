using UpgradeOps.Engine.Progress;
using UpgradeOps.Engine.Steps;

namespace UpgradeOps.Engine.Tests.Service;

/// <summary>What a journal remembers, without a journal: steps of one operation see what the others recorded.</summary>
internal sealed class OperationMemory
{
    private readonly Dictionary<string, Dictionary<string, string>> outputs = [];

    public List<string> Told { get; } = [];

    /// <summary>Set to have a step cut off right after what it records next, as a kill would.</summary>
    public bool CutAfterRecord { get; set; }

    public StepContext For(PlannedStep planned) => new Context(this, planned);

    private Dictionary<string, string> Of(string kind) => outputs.TryGetValue(kind, out var found) ? found : outputs[kind] = [];

    private sealed class Context(OperationMemory memory, PlannedStep planned) : StepContext, IProgressSink
    {
        public override string OperationId => "op-1";

        public override string StepId => planned.Id;

        public override IReadOnlyDictionary<string, string> Outputs => memory.Of(planned.Kind);

        public override IProgressSink Progress => this;

        public override TimeProvider Time => TimeProvider.System;

        public override IReadOnlyDictionary<string, string> OutputsOf(string kind) => memory.Of(kind);

        public override Task RecordAsync(IReadOnlyDictionary<string, string> outputs, CancellationToken cancellationToken)
        {
            foreach (var (name, value) in outputs)
                memory.Of(planned.Kind)[name] = value;
            return memory.CutAfterRecord ? throw new CutOffException() : Task.CompletedTask;
        }

        public override Task KeepAsync(string name, ReadOnlyMemory<byte> bytes, CancellationToken cancellationToken) => Task.CompletedTask;

        public override Task<byte[]?> KeptAsync(string name, CancellationToken cancellationToken) => Task.FromResult<byte[]?>(null);

        public void Report(ProgressEvent progress) => memory.Told.Add(progress.Message);
    }
}

internal sealed class CutOffException : Exception;
