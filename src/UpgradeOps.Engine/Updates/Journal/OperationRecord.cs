using System.Globalization;
using UpgradeOps.Engine.Platforms;

namespace UpgradeOps.Engine.Updates.Journal;

/// <summary>What is known of an operation: the fold over its journal, and nothing else.</summary>
internal sealed class OperationRecord
{
    private readonly Dictionary<string, StepRecord> _steps = [];
    private readonly List<Continuation> _continued = [];

    private OperationRecord(string operationId, OperationStart start)
    {
        OperationId = operationId;
        Start = start;
    }

    public string OperationId { get; }

    public OperationStart Start { get; }

    public UpdatePlan Plan => Start.Plan;

    public DateTimeOffset StartedAt { get; private set; }

    /// <summary>Time of the newest entry.</summary>
    public DateTimeOffset LastAt { get; private set; }

    /// <summary>Why it goes back; null while it goes forward.</summary>
    public AppError? Failure { get; private set; }

    /// <summary>The id of the step that failed.</summary>
    public string? FailedStep { get; private set; }

    public IReadOnlyList<string> Evidence { get; private set; } = [];

    /// <summary>The last outcome written; null while running or when the process died.</summary>
    public OperationOutcome? Outcome { get; private set; }

    /// <summary>What a person chose to do with the data; null when nobody was asked.</summary>
    public DataPolicy? DataChoice { get; private set; }

    /// <summary>Who took it up again.</summary>
    public IReadOnlyList<Continuation> Continued => _continued;

    /// <summary>True once it is over for good; anything else can be resumed or undone.</summary>
    public bool IsClosed => Outcome?.Status is UpdateStatus.Kept or UpdateStatus.Undone;

    /// <summary>True once it has begun to go back.</summary>
    public bool IsGoingBack => Failure is not null || _steps.Values.Any(s => s.Undoing);

    /// <summary>True once the new version was accepted and the old one's remains are being cleared away: from here it only goes forward.</summary>
    public bool IsKeeping => Plan.Steps.Any(s => s.Phase == StepPhase.Keep && Step(s.Id).Begun);

    public StepRecord Step(string id) => _steps.TryGetValue(id, out var step) ? step : _steps[id] = new StepRecord();

    public IReadOnlyList<string> BackupIds => OutputsNamed("backupId");

    /// <summary>The backup that was made before anything changed; null when there is none.</summary>
    public string? BackupBefore => Plan.Steps
        .Select(s => Step(s.Id).Outputs.GetValueOrDefault("backupId"))
        .FirstOrDefault(id => id is not null);

    /// <summary>How the backup that was made first was proved; null when it was not.</summary>
    public BackupProof? Proof => OutputsNamed("proof") is [var proof, ..] ? JournalJson.Read<BackupProof>(proof, OperationId) : null;

    /// <summary>What was found out on the way that a person should know.</summary>
    public IReadOnlyList<Finding> Findings => OutputsNamed(PlatformOutputs.Findings).SelectMany(v => JournalJson.Read<List<Finding>>(v, OperationId)).ToList();

    /// <summary>Databases, folders and volumes that were put aside and still hold data.</summary>
    public IReadOnlyList<string> KeptAside => OutputsNamed("keptAside")
        .SelectMany(v => v.StartsWith('[') ? JournalJson.Read<List<string>>(v, OperationId) : [v]).Distinct().ToList();

    public static OperationRecord Read(string operationId, IReadOnlyList<JournalEntry> entries)
    {
        if (entries.Count == 0)
        {
            throw new AppException(ErrorIds.JournalDamaged, $"The journal of operation {operationId} is empty: nothing was begun.", operationId);
        }

        var record = new OperationRecord(operationId, OperationStart.FromInputs(entries[0].Inputs, operationId)) { StartedAt = entries[0].At };
        foreach (var entry in entries)
        {
            record.Apply(entry);
        }

        return record;
    }

    public void Apply(JournalEntry entry)
    {
        LastAt = entry.At;
        if (entry.Step.Length > 0)
        {
            Step(entry.Step).Apply(entry);
            return;
        }

        switch (entry.Event)
        {
            case JournalEvent.Evidence:
                Failure = JournalJson.Read<AppError>(entry.Outputs["error"], OperationId);
                FailedStep = entry.Outputs.GetValueOrDefault("step");
                if (FailedStep is { } failed)
                {
                    Step(failed).Failed(FailedAt(entry));
                }

                Evidence = JournalJson.Read<List<string>>(entry.Outputs.GetValueOrDefault("files", "[]"), OperationId);
                break;
            case JournalEvent.Effect when entry.Outputs.TryGetValue("data", out var data):
                DataChoice = Enum.Parse<DataPolicy>(data);
                break;
            case JournalEvent.Effect when entry.Outputs.TryGetValue("continuedBy", out var actor):
                _continued.Add(new Continuation
                {
                    At = entry.At,
                    What = entry.Outputs.GetValueOrDefault("what", "resume"),
                    Actor = JournalJson.Read<Actor>(actor, OperationId),
                    Forced = entry.Outputs.GetValueOrDefault("forced") == "true",
                });
                break;
            case JournalEvent.Outcome:
                Outcome = OperationOutcome.FromOutputs(entry.Outputs, OperationId);
                break;
            default:
                break;
        }
    }

    // Evidence takes a while to gather: the entry is younger than the failure.
    private static DateTimeOffset FailedAt(JournalEntry entry) =>
        DateTimeOffset.TryParse(entry.Outputs.GetValueOrDefault("failedAt"), CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out var at) ? at : entry.At;

    private List<string> OutputsNamed(string name) => Plan.Steps
        .SelectMany(s => Step(s.Id).Outputs.Where(o => o.Key == name || o.Key.EndsWith("." + name, StringComparison.Ordinal)))
        .Select(o => o.Value).Distinct().ToList();
}
