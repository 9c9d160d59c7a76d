namespace UpgradeOps.Engine.Updates.Journal;

/// <summary>What the journal tells of one step.</summary>
internal sealed class StepRecord
{
    private readonly Dictionary<string, string> _outputs = [];

    public bool Begun { get; private set; }

    public bool Done { get; private set; }

    public bool Undoing { get; private set; }

    public bool Undone { get; private set; }

    public DateTimeOffset? StartedAt { get; private set; }

    public DateTimeOffset? EndedAt { get; private set; }

    public DateTimeOffset? UndoneAt { get; private set; }

    public IReadOnlyDictionary<string, string> Outputs => _outputs;

    /// <summary>It ended by failing.</summary>
    public void Failed(DateTimeOffset at) => EndedAt = at;

    public void Apply(JournalEntry entry)
    {
        foreach (var (key, value) in entry.Outputs)
        {
            _outputs[key] = value;
        }

        switch (entry.Event)
        {
            case JournalEvent.Intend:
                Begun = true;
                StartedAt ??= entry.At;
                break;
            case JournalEvent.Done:
                Done = true;
                EndedAt = entry.At;
                break;
            case JournalEvent.Undoing:
                Undoing = true;
                break;
            case JournalEvent.Undone:
                Undone = true;
                UndoneAt = entry.At;
                break;
            default:
                break;
        }
    }
}
