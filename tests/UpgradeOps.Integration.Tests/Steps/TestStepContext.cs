using UpgradeOps.Engine.Progress;
using UpgradeOps.Engine.Steps;

namespace UpgradeOps.Integration.Steps;

/// <summary>A step's view of a <see cref="TestOperation"/>.</summary>
internal sealed class TestStepContext(TestOperation operation, PlannedStep step) : StepContext, IProgressSink
{
    public override string OperationId => "test";

    public override string StepId => step.Id;

    public override IReadOnlyDictionary<string, string> Outputs => operation.OutputsOf(step);

    public override IProgressSink Progress => this;

    public override TimeProvider Time => TimeProvider.System;

    public override IReadOnlyDictionary<string, string> OutputsOf(string kind) =>
        operation.Steps.FirstOrDefault(s => s.Kind == kind) is { } other ? operation.OutputsOf(other) : new Dictionary<string, string>();

    public override Task RecordAsync(IReadOnlyDictionary<string, string> outputs, CancellationToken cancellationToken)
    {
        if (operation.RecordsUntilDeath-- <= 0)
            throw new DeathException();
        foreach (var (name, value) in outputs)
            operation.OutputsOf(step)[name] = value;
        return Task.CompletedTask;
    }

    public override Task KeepAsync(string name, ReadOnlyMemory<byte> bytes, CancellationToken cancellationToken)
    {
        operation.Kept.TryAdd($"{step.Id}/{name}", bytes.ToArray());
        return Task.CompletedTask;
    }

    public override Task<byte[]?> KeptAsync(string name, CancellationToken cancellationToken) =>
        Task.FromResult(operation.Kept.GetValueOrDefault($"{step.Id}/{name}"));

    public override Task<byte[]?> RecordedFileAsync(string path, CancellationToken cancellationToken) =>
        Task.FromResult(operation.RecordedFiles.GetValueOrDefault(path));

    public void Report(ProgressEvent progress)
    {
        lock (operation.Told)
            operation.Told.Add(progress);
    }
}
