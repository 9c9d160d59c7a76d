using UpgradeOps.Engine.Updates.Journal;

namespace UpgradeOps.Engine.Tests.Updates.Model;

/// <summary>What the journal on disk says, kept apart from the engine's own reading of it; every new line is held against the invariants.</summary>
internal sealed class ModelLedger
{
    private readonly HashSet<string> _intended = [];
    private readonly HashSet<string> _done = [];
    private readonly HashSet<string> _undoing = [];
    private readonly HashSet<string> _undone = [];
    private long _seq;
    private long _fence;
    private bool _failed;

    public IReadOnlyList<PlannedStep> Steps { get; set; } = [];

    /// <summary>The schema that the new version migrates to.</summary>
    public int SchemaOfNew { get; set; } = 1;

    /// <summary>Parts of a step that are in the world, and how many it has.</summary>
    public Func<string, (int Present, int All)> Look { get; set; } = static _ => (0, 0);

    public UpdateStatus? Outcome { get; private set; }

    public bool Keeping => Steps.Any(s => s.Phase == StepPhase.Keep && _intended.Contains(s.Id));

    public bool GoingBack => _failed || _undoing.Count > 0;

    public bool IsClosed => Outcome is UpdateStatus.Kept or UpdateStatus.Undone;

    public bool WasDone(string step) => _done.Contains(step);

    /// <summary>The first invariant that did not hold. Kept, not only thrown: the runner takes what a step throws for the step's failure.</summary>
    public string? Broken { get; private set; }

    /// <param name="number">Of the invariant in <see cref="RunnerModelTests"/>.</param>
    public void Claim(bool holds, string number, string otherwise)
    {
        if (!holds)
        {
            Broken ??= $"Invariant {number}: {otherwise}.";
        }
    }

    public void CheckMayDo(PlannedStep step)
    {
        Claim(_intended.Contains(step.Id), "1", $"{step.Id} takes effect before its intent is on disk");
        Claim(!_done.Contains(step.Id), "3", $"{step.Id} is done again after it was written down as done");
        Claim(!GoingBack || Keeping, "5", $"{step.Id} is done although the operation goes back");
    }

    public void CheckMayUndo(PlannedStep step)
    {
        Claim(_undoing.Contains(step.Id), "1", $"{step.Id} is taken back before that is on disk");
        Claim(!_undone.Contains(step.Id), "3", $"{step.Id} is taken back again after it was written down as undone");
        Claim(!Keeping, "5", $"{step.Id} is taken back although the old version's remains are being cleared away");
    }

    public void Note(JournalEntry entry)
    {
        Claim(entry.Seq == _seq + 1, "7", $"line {entry.Seq} follows line {_seq}");
        Claim(entry.Fence >= _fence, "7", $"a line of owner {entry.Fence} follows one of owner {_fence}");
        Claim(!IsClosed, "6", $"a line is written after the operation was {Outcome}");
        (_seq, _fence) = (entry.Seq, entry.Fence);
        if (entry.Step.Length == 0)
        {
            NoteOperation(entry);
        }
        else
        {
            NoteStep(entry, Steps.Single(s => s.Id == entry.Step));
        }
    }

    private void NoteOperation(JournalEntry entry)
    {
        _failed |= entry.Event == JournalEvent.Evidence;
        if (entry.Event != JournalEvent.Outcome)
        {
            return;
        }

        Outcome = Enum.Parse<UpdateStatus>(entry.Outputs["status"]);
        if (Outcome == UpdateStatus.Kept)
        {
            Claim(Steps.All(s => s.Phase == StepPhase.Keep || (_done.Contains(s.Id) && IsThere(s))), "6", "kept, but not every step is done");
        }

        if (Outcome == UpdateStatus.Undone)
        {
            Claim(Steps.All(s => !_intended.Contains(s.Id) || _undone.Contains(s.Id) || IsHarmless(s)), "6", "undone, but not every step was taken back");
            Claim(Steps.All(s => IsHarmless(s) || s.Reversibility == Reversibility.Irreversible || IsGone(s)), "6", "undone, but an effect is still there");
        }

        Claim(Outcome is UpdateStatus.Kept or UpdateStatus.Undone || entry.Outputs.ContainsKey("next"), "8", $"{Outcome} without a next command");
    }

    private void NoteStep(JournalEntry entry, PlannedStep step)
    {
        var before = Steps.TakeWhile(s => s.Id != step.Id);
        var after = Steps.Skip(Steps.Count - Steps.Reverse().TakeWhile(s => s.Id != step.Id).Count());
        switch (entry.Event)
        {
            case JournalEvent.Intend:
                Claim(_intended.Add(step.Id), "3", $"{step.Id} is begun twice");
                Claim(before.All(s => _done.Contains(s.Id) || s.Phase == StepPhase.Keep), "2", $"{step.Id} is begun before an earlier step is done");
                Claim(!GoingBack || Keeping, "5", $"{step.Id} is begun although the operation goes back");
                break;
            case JournalEvent.Done:
                Claim(_intended.Contains(step.Id) && IsThere(step), "1", $"{step.Id} is written down as done and is not");
                _done.Add(step.Id);
                break;
            case JournalEvent.Undoing:
                Claim(_intended.Contains(step.Id), "2", $"{step.Id} is taken back and was never begun");
                Claim(after.All(s => !_intended.Contains(s.Id) || _undone.Contains(s.Id) || IsHarmless(s)), "2", $"{step.Id} is taken back before a later step is");
                Claim(!Keeping, "5", $"{step.Id} is taken back although the old version's remains are being cleared away");
                _undoing.Add(step.Id);
                break;
            case JournalEvent.Undone:
                Claim(_undoing.Contains(step.Id), "1", $"{step.Id} is undone without a word before");
                Claim(IsHarmless(step) || step.Reversibility == Reversibility.Irreversible || IsGone(step), "1", $"{step.Id} is written down as undone and is not");
                _undone.Add(step.Id);
                break;
            default:
                break;
        }
    }

    private bool IsThere(PlannedStep step) => Look(step.Id) is var (present, all) && present == all;

    private bool IsGone(PlannedStep step) => Look(step.Id).Present == 0;

    private static bool IsHarmless(PlannedStep step) => step.Reversibility is Reversibility.ReadOnly or Reversibility.Additive;
}
