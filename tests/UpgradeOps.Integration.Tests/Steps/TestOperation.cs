using UpgradeOps.Engine.Platforms;
using UpgradeOps.Engine.Progress;
using UpgradeOps.Engine.Steps;

namespace UpgradeOps.Integration.Steps;

/// <summary>What an operation remembers, in memory: outlives the objects of a "process" that a test throws away.</summary>
internal sealed class TestOperation(IReadOnlyList<PlannedStep> steps)
{
    private readonly Dictionary<string, Dictionary<string, string>> _outputs = [];

    public IReadOnlyList<PlannedStep> Steps { get; } = steps;

    public Dictionary<string, byte[]> Kept { get; } = [];

    /// <summary>Configuration as recorded by the operation that this one undoes.</summary>
    public IReadOnlyDictionary<string, byte[]> RecordedFiles { get; init; } = new Dictionary<string, byte[]>();

    public List<ProgressEvent> Told { get; } = [];

    /// <summary>How many more records reach the disk before the process "dies"; the one that does not is lost.</summary>
    public int RecordsUntilDeath { get; set; } = int.MaxValue;

    public PlannedStep Step(string kind) => Steps.Single(s => s.Kind == kind);

    public Dictionary<string, string> OutputsOf(PlannedStep step)
    {
        if (!_outputs.TryGetValue(step.Id, out var outputs))
            _outputs[step.Id] = outputs = [];
        return outputs;
    }

    public StepContext Context(PlannedStep step) => new TestStepContext(this, step);

    public async Task DoAsync(IPlatform platform, params string[] kinds)
    {
        foreach (var step in Steps.Where(s => kinds.Length == 0 || kinds.Contains(s.Kind)))
            await platform.Create(step).DoAsync(Context(step), TestContext.Current.CancellationToken);
    }

    public async Task UndoAsync(IPlatform platform)
    {
        foreach (var step in Steps.Reverse())
            await platform.Create(step).UndoAsync(Context(step), TestContext.Current.CancellationToken);
    }

    public Task<StepState> ObserveAsync(IPlatform platform, string kind) =>
        platform.Create(Step(kind)).ObserveAsync(Context(Step(kind)), TestContext.Current.CancellationToken);
}

/// <summary>The process was killed.</summary>
internal sealed class DeathException() : Exception("killed");
