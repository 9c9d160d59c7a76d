namespace UpgradeOps.Engine.Updates.Journal;

/// <summary>What a journal line says happened.</summary>
internal enum JournalEvent
{
    /// <summary>About to begin; on disk before anything is touched.</summary>
    Intend,

    /// <summary>Something became known on the way, such as the id of what was created.</summary>
    Effect,

    /// <summary>Done.</summary>
    Done,

    /// <summary>About to be taken back.</summary>
    Undoing,

    /// <summary>Taken back.</summary>
    Undone,

    /// <summary>It failed, and why; from here on the operation goes back.</summary>
    Evidence,

    /// <summary>The operation ended, or stopped where a person must choose.</summary>
    Outcome,
}

/// <summary>One line of an operation's journal.</summary>
internal sealed record JournalEntry
{
    /// <summary>The format that this code writes and the newest that it reads.</summary>
    public const int Format = 1;

    /// <summary>The kind of lines about the operation as a whole; their step is empty.</summary>
    public const string OperationKind = "operation";

    public int V { get; init; } = Format;

    /// <summary>From 1, without gaps.</summary>
    public long Seq { get; init; }

    public DateTimeOffset At { get; init; }

    /// <summary>The fencing number of the lease under which it was written.</summary>
    public long Fence { get; init; }

    /// <summary>The plan's hash.</summary>
    public string Plan { get; init; } = "";

    public string Step { get; init; } = "";

    public string Kind { get; init; } = OperationKind;

    public JournalEvent Event { get; init; }

    public IReadOnlyDictionary<string, string> Inputs { get; init; } = new Dictionary<string, string>();

    public IReadOnlyDictionary<string, string> Outputs { get; init; } = new Dictionary<string, string>();

    /// <summary>The checksum of the line before; empty in the first.</summary>
    public string Prev { get; init; } = "";

    /// <summary>This line's own checksum, as read; empty before it is written.</summary>
    public string Crc { get; init; } = "";
}
