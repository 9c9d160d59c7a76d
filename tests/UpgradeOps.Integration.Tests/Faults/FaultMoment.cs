using UpgradeOps.Engine.Progress;

namespace UpgradeOps.Integration.Faults;

/// <summary>
/// Lets something happen at one moment of an operation, once. The operation stands still meanwhile, because whoever reports waits: what a
/// test does in the middle of a step is in the middle on every machine.
/// </summary>
internal sealed class FaultMoment : IProgressSink
{
    private Func<ProgressEvent, bool>? _when;
    private Func<Task>? _act;

    public bool Came { get; private set; }

    public void At(ProgressKind kind, string step, Func<Task> act) => At(e => e.Kind == kind && e.StepId?.Contains(step, StringComparison.Ordinal) == true, act);

    public void At(Func<ProgressEvent, bool> when, Func<Task> act) => (_when, _act, Came) = (when, act, false);

    public void Report(ProgressEvent progress)
    {
        if (_when?.Invoke(progress) != true)
            return;
        _when = null;
        Came = true;
        Task.Run(_act!).GetAwaiter().GetResult();
    }
}
