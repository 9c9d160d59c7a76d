using System.Text;
using UpgradeOps.Engine.Progress;
using UpgradeOps.Engine.Steps;

namespace UpgradeOps.Engine.Tests.Backups.Fakes;

/// <summary>An operation's memory that outlives the "process": what is recorded stays, whatever is killed. Runs steps as the real runner does.</summary>
internal sealed class FakeOperation(IStepSource steps, IReadOnlyList<PlannedStep> plan, Killer? killer = null)
{
    private readonly Dictionary<string, Dictionary<string, string>> _outputs = [];
    private readonly Dictionary<string, byte[]> _kept = [];
    private readonly HashSet<string> _begun = [];
    private readonly HashSet<string> _done = [];
    private readonly HashSet<string> _undone = [];

    public string Id { get; init; } = "20260301T023000123Z-4f2a";

    public IReadOnlyList<PlannedStep> Plan { get; } = [.. plan.Select((s, i) => s with { Id = $"main/{s.Kind}#{i + 1}" })];

    public IReadOnlyList<string> KeptAside =>
        [.. _outputs.Values.Where(o => o.ContainsKey("keptAside")).SelectMany(o => System.Text.Json.JsonSerializer.Deserialize<string[]>(o["keptAside"])!)];

    public StepContext Context(PlannedStep planned) => new MemoryContext(this, planned);

    /// <summary>Goes on from wherever an earlier run was killed.</summary>
    public async Task RunAsync()
    {
        foreach (var planned in Plan.Where(p => !_done.Contains(p.Id)))
        {
            var step = steps.Create(planned);
            var observed = _begun.Contains(planned.Id) ? await step.ObserveAsync(Context(planned), default) : StepState.NotDone;
            Append(() => _begun.Add(planned.Id));
            if (observed != StepState.Done)
                await step.DoAsync(Context(planned), default);
            Append(() => _done.Add(planned.Id));
        }
    }

    public async Task UndoAsync()
    {
        foreach (var planned in Plan.Reverse().Where(p => _begun.Contains(p.Id) && !_undone.Contains(p.Id)))
        {
            await steps.Create(planned).UndoAsync(Context(planned), default);
            Append(() => _undone.Add(planned.Id));
        }
    }

    private void Append(Action write)
    {
        killer?.Check();
        write();
        killer?.Check();
    }

    private sealed class MemoryContext(FakeOperation operation, PlannedStep planned) : StepContext
    {
        public override string OperationId => operation.Id;

        public override string StepId => planned.Id;

        public override IReadOnlyDictionary<string, string> Outputs => Of(planned.Id);

        public override IProgressSink Progress => NoProgress.Instance;

        public override TimeProvider Time => TimeProvider.System;

        public override IReadOnlyDictionary<string, string> OutputsOf(string kind) =>
            operation.Plan.FirstOrDefault(s => s.Kind == kind) is { } step ? Of(step.Id) : new Dictionary<string, string>();

        public override Task RecordAsync(IReadOnlyDictionary<string, string> outputs, CancellationToken cancellationToken)
        {
            operation.Append(() =>
            {
                foreach (var (name, value) in outputs)
                    Of(planned.Id)[name] = value;
            });
            return Task.CompletedTask;
        }

        public override Task KeepAsync(string name, ReadOnlyMemory<byte> bytes, CancellationToken cancellationToken)
        {
            operation.Append(() => operation._kept.TryAdd($"{planned.Id}:{name}", bytes.ToArray()));
            return Task.CompletedTask;
        }

        public override Task<byte[]?> KeptAsync(string name, CancellationToken cancellationToken) =>
            Task.FromResult(operation._kept.GetValueOrDefault($"{planned.Id}:{name}"));

        private Dictionary<string, string> Of(string stepId)
        {
            if (!operation._outputs.TryGetValue(stepId, out var outputs))
                operation._outputs[stepId] = outputs = [];
            return outputs;
        }
    }
}
