using Spectre.Console;
using Spectre.Console.Rendering;

namespace UpgradeOps.Cli.Output;

/// <summary>How an operation ended; its steps were shown while they went.</summary>
internal static class ResultView
{
    public static IRenderable Of(UpdateResult result) => new Rows(
        new Markup($"[bold {Colour(result.Status)}]{result.Status}[/]  {Markup.Escape(Sentence(result))}"),
        TableView.Facts(
            ("Operation", result.OperationId),
            ("Took", result.OperationId is null ? null : Units.Duration(result.DurationSeconds)),
            ("Outage", result.OutageSeconds is { } outage ? Units.Duration(outage) : null),
            ("Backups", string.Join(", ", result.BackupIds)),
            ("Data", result.Data?.ToString().ToLowerInvariant()),
            ("Kept aside", Kept(result.KeptAside)),
            ("Evidence", string.Join("\n", result.Evidence))));

    public static IRenderable Of(RestoreResult result) => new Rows(
        new Markup($"[bold {Colour(result.Status)}]{result.Status}[/]  {Markup.Escape($"{result.Name} from backup {result.BackupId}")}"),
        TableView.Facts(
            ("Operation", result.OperationId),
            ("Restored", string.Join("\n", result.Restored)),
            ("Kept aside", Kept(result.KeptAside)),
            ("Safety backup", result.SafetyBackupId)));

    /// <summary>Where it is, how to look at it, how to be rid of it.</summary>
    public static string Kept(IEnumerable<KeptData> kept) => string.Join(
        "\n",
        kept.SelectMany(k => new[] { k.ToString(), k.LookCommand is { } look ? $"  look: {look}" : null, k.RemoveCommand is { } remove ? $"  drop: {remove}" : null }).Where(l => l is not null));

    private static string Sentence(UpdateResult result) => result.Status switch
    {
        UpdateStatus.Kept when result.Kind == OperationKind.Undo => $"{result.Name} went back to {result.To}",
        UpdateStatus.Kept when result.Kind == OperationKind.MigrationUndo => $"the database of {result.Name} is as it was {result.To}",
        UpdateStatus.Undone when result.Kind == OperationKind.MigrationUndo => $"no migration of {result.Name} was taken back",
        UpdateStatus.NothingToDo when result.Kind == OperationKind.MigrationUndo => $"the database of {result.Name} has no migration",
        UpdateStatus.Kept when result.Kind == OperationKind.Rehearsal => $"the update of {result.Name} to {result.To} was rehearsed, and the copy removed",
        UpdateStatus.Undone when result.Kind == OperationKind.Rehearsal => $"the copy of {result.Name} was removed",
        UpdateStatus.Kept when result.Kind == OperationKind.Migration => $"the migrations of {result.Name} {result.To} were run",
        UpdateStatus.Undone when result.Kind == OperationKind.Migration => $"the migrations of {result.Name} {result.To} failed; {result.Name} runs as before",
        UpdateStatus.NothingToDo when result.Kind == OperationKind.Migration => $"no migration of {result.Name} {result.To} is pending",
        UpdateStatus.Kept => $"{result.Name} runs {result.To}, verified",
        UpdateStatus.Undone => $"{result.Name} runs {result.From ?? "nothing"} as before",
        UpdateStatus.NothingToDo => $"{result.Name} already runs {result.To}",
        UpdateStatus.Interrupted => $"{result.Name} on the way from {result.From} to {result.To}",
        UpdateStatus.NeedsAttention => $"{result.Name}: a person must choose",
        _ => $"{result.Name}: nothing was touched",
    } + (result.Resumed ? " (resumed)" : "");

    private static string Colour(UpdateStatus status) => status switch
    {
        UpdateStatus.Kept or UpdateStatus.NothingToDo => "green",
        UpdateStatus.Undone or UpdateStatus.Interrupted => "yellow",
        _ => "red",
    };
}
