using System.Text.Json;
using UpgradeOps.Engine.Progress;
using UpgradeOps.Engine.Steps;

namespace UpgradeOps.Integration.Backups;

/// <summary>Runs steps of one room without a journal: what they record is kept here, whatever becomes of a run.</summary>
internal sealed class Operation(IStepSource steps, IReadOnlyList<PlannedStep> plan)
{
    private readonly Dictionary<string, Dictionary<string, string>> _outputs = [];
    private readonly Dictionary<string, byte[]> _kept = [];
    private readonly List<PlannedStep> _begun = [];
    private readonly HashSet<string> _done = [];

    public string Id { get; init; } = $"20260301T023000123Z-{Random.Shared.Next(0x10000):x4}";

    public IReadOnlyList<PlannedStep> Plan { get; } = [.. plan.Select((s, i) => s with { Id = $"main/{s.Kind}#{i + 1}" })];

    public IReadOnlyList<string> KeptAside =>
        [.. _outputs.Values.Where(o => o.ContainsKey("keptAside")).SelectMany(o => JsonSerializer.Deserialize<string[]>(o["keptAside"])!)];

    public void Begin(int step) => _begun.Add(Plan[step]);

    public async Task RunAsync(int count = int.MaxValue)
    {
        foreach (var planned in Plan.Take(count).Where(p => !_done.Contains(p.Id)))
        {
            var step = steps.Create(planned);
            var context = new Context(this, planned);
            var observed = _begun.Contains(planned) ? await step.ObserveAsync(context, default) : StepState.NotDone;
            if (!_begun.Contains(planned))
                _begun.Add(planned);
            if (observed != StepState.Done)
                await step.DoAsync(context, default);
            _done.Add(planned.Id);
        }
    }

    public async Task UndoAsync()
    {
        foreach (var planned in Enumerable.Reverse(_begun))
            await steps.Create(planned).UndoAsync(new Context(this, planned), default);
    }

    private sealed class Context(Operation operation, PlannedStep planned) : StepContext
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
            foreach (var (name, value) in outputs)
                Of(planned.Id)[name] = value;
            return Task.CompletedTask;
        }

        public override Task KeepAsync(string name, ReadOnlyMemory<byte> bytes, CancellationToken cancellationToken)
        {
            operation._kept.TryAdd($"{planned.Id}:{name}", bytes.ToArray());
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
