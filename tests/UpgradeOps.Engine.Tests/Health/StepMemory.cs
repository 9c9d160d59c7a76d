using System.Text.Json;
using UpgradeOps.Engine.Progress;
using UpgradeOps.Engine.Steps;

namespace UpgradeOps.Engine.Tests.Health;

/// <summary>What steps recorded, without a journal.</summary>
internal sealed class StepMemory(TimeProvider time, IReadOnlyList<string>? newInstances) : StepContext, IProgressSink
{
    private readonly Dictionary<string, Dictionary<string, string>> recorded = new()
    {
        ["compose.start"] = newInstances is null ? [] : new() { ["newInstances"] = JsonSerializer.Serialize(newInstances) },
    };

    private string kind = "";

    public List<string> Told { get; } = [];

    public override string OperationId => "op";

    public override string StepId => $"main/{kind}#1";

    public override IReadOnlyDictionary<string, string> Outputs => OutputsOf(kind);

    public override IProgressSink Progress => this;

    public override TimeProvider Time => time;

    public void Enter(string stepKind) => kind = stepKind;

    public override IReadOnlyDictionary<string, string> OutputsOf(string kind) => recorded.GetValueOrDefault(kind) ?? [];

    public override Task RecordAsync(IReadOnlyDictionary<string, string> outputs, CancellationToken cancellationToken)
    {
        if (!recorded.TryGetValue(kind, out var own))
            recorded[kind] = own = [];
        foreach (var (name, value) in outputs)
            own[name] = value;
        return Task.CompletedTask;
    }

    public override Task KeepAsync(string name, ReadOnlyMemory<byte> bytes, CancellationToken cancellationToken) => throw new NotSupportedException();

    public override Task<byte[]?> KeptAsync(string name, CancellationToken cancellationToken) => throw new NotSupportedException();

    public void Report(ProgressEvent progress) => Told.Add(progress.Message);
}
