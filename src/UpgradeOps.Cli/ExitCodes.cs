namespace UpgradeOps.Cli;

/// <summary>What the process tells whoever started it. Scripts rely on the numbers: none is ever given another meaning.</summary>
internal static class ExitCodes
{
    public const int Ok = 0;
    public const int Error = 1;
    public const int Usage = 2;
    public const int Undone = 10;
    public const int Interrupted = 11;
    public const int NeedsAttention = 12;
    public const int NothingToDo = 13;
    public const int Refused = 14;

    /// <summary>The table of <c>docs/exit-codes.md</c>.</summary>
    public static readonly IReadOnlyList<(int Code, string Name, string Meaning)> Table =
    [
        (Ok, "Ok", "Done as asked; an update was kept (`Kept`)."),
        (Error, "Error", "An error: its ErrorId, message and next command are on standard error. Also: `health` found the application unhealthy, `smoke` a test that fails, `demo` found a claim wrong."),
        (Usage, "Usage", "The command line was not understood. Nothing was done."),
        (Undone, "Undone", "The operation failed, and everything is as it was before."),
        (Interrupted, "Interrupted", "The operation was stopped in the middle; `resume` or `undo` goes on."),
        (NeedsAttention, "NeedsAttention", "A person must choose; the next command is on standard error."),
        (NothingToDo, "NothingToDo", "The wanted version already runs."),
        (Refused, "Refused", "Nothing was touched, because something stands against it."),
    ];

    public static int Of(UpdateStatus status) => status switch
    {
        UpdateStatus.Kept => Ok,
        UpdateStatus.Undone => Undone,
        UpdateStatus.Interrupted => Interrupted,
        UpdateStatus.NeedsAttention => NeedsAttention,
        UpdateStatus.NothingToDo => NothingToDo,
        UpdateStatus.Refused => Refused,
        _ => Error,
    };
}
