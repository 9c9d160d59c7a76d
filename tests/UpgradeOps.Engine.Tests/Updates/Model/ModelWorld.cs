using UpgradeOps.Engine.Tests.Simulation;

namespace UpgradeOps.Engine.Tests.Updates.Model;

/// <summary>The world that the steps of random plans change. It outlives the simulated processes, and asks the ledger before every change.</summary>
internal sealed class ModelWorld(SimWorld sim, ModelLedger ledger)
{
    private readonly Dictionary<string, int> _parts = [];
    private readonly Dictionary<string, int> _failedUndos = [];
    private readonly HashSet<string> _touched = [];
    private readonly HashSet<string> _touchedBy = [];
    private string? _atHand;
    private string? _onlyStep;
    private bool _lost;

    public Dictionary<string, ModelStepFate> Fates { get; } = [];

    /// <summary>True while the process that runs was told by a person that it may repeat what may not be repeated.</summary>
    public bool Forced { get; set; }

    /// <summary>Called at every moment at which a person might do something.</summary>
    public Action Moment { get; set; } = static () => { };

    /// <summary>A new process has begun.</summary>
    public void BeginProcess()
    {
        Forced = false;
        _touchedBy.Clear();
        (_atHand, _onlyStep, _lost) = (null, null, false);
    }

    /// <summary>From now on this process may at most end the step at hand (taking back after a failure goes on when it was only asked to stop).</summary>
    public void EndAfterStepAtHand(bool lost)
    {
        _onlyStep ??= _atHand ?? "";
        _lost |= lost;
    }

    public int Parts(string step) => _parts.GetValueOrDefault(step);

    public int FailedUndos(string step) => _failedUndos.GetValueOrDefault(step);

    public void FailUndo(string step) => _failedUndos[step] = FailedUndos(step) + 1;

    public void BeginDoing(PlannedStep step)
    {
        sim.Death.Pass($"before doing {step.Id}");
        ledger.Claim(_onlyStep is null || (_onlyStep == step.Id && !_touchedBy.Contains(step.Id)), "10", $"{step.Id} is begun after {_onlyStep} was to be the last");
        ledger.Claim(step.Repeatable != Repeatability.Uncertain || Forced || !_touched.Contains(step.Id), "4", $"{step.Id} is repeated, and nobody said so");
        _touched.Add(step.Id);
        _touchedBy.Add(step.Id);
        _atHand = step.Id;
    }

    public void BeginUndoing(PlannedStep step)
    {
        ledger.Claim(!_lost, "10", $"{step.Id} is taken back after the lock was lost in {_atHand}");
        _atHand = step.Id;
    }

    public void Do(PlannedStep step, int part)
    {
        sim.Death.Pass($"before part {part} of {step.Id}");
        ledger.CheckMayDo(step);
        _parts[step.Id] = Math.Max(Parts(step.Id), part);
        if (step.StartsNew && part == Fates[step.Id].Parts)
        {
            sim.Databases["live"] = sim.Databases["live"] with { Schema = ledger.SchemaOfNew };
        }

        sim.ClientWrites();
        sim.Death.Pass($"after part {part} of {step.Id}");
    }

    public void Undo(PlannedStep step, int part)
    {
        sim.Death.Pass($"before part {part} of {step.Id} is taken back");
        ledger.CheckMayUndo(step);
        ledger.Claim(!_lost || _atHand == step.Id, "10", $"{step.Id} is taken back after the lock was lost in {_atHand}");
        _parts[step.Id] = part - 1;
        sim.ClientWrites();
        sim.Death.Pass($"after part {part} of {step.Id} is taken back");
    }
}
