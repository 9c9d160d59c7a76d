using System.Text;
using UpgradeOps.Engine.Apps.Definition;

namespace UpgradeOps.Engine.Backups.Restore;

/// <summary>Turns the steps of a restore into ones that bring the same data back beside the live data, for a look: nothing live is touched.</summary>
internal static class BesidePlan
{
    private const int LongestName = 24;

    /// <summary>PostgreSQL would cut it there without a word.</summary>
    private const int LongestDatabase = 63;

    /// <param name="name">Put behind the live names: <c>look</c> gives the database <c>kmp_look</c>, the volume <c>kmp_uploads-look</c>, the folder <c>data-look</c>.</param>
    /// <exception cref="AppException"><see cref="ErrorIds.RestoreFailed"/>: the name is none, or nothing of it can stand beside.</exception>
    public static IReadOnlyList<PlannedStep> Of(IReadOnlyList<PlannedStep> restore, string name, AppDefinition definition)
    {
        if (name.Length is 0 or > LongestName || !name.All(c => c is >= 'a' and <= 'z' or >= '0' and <= '9' or '_'))
        {
            throw new AppException(
                ErrorIds.RestoreFailed, $"'{name}' cannot be put behind names of databases, volumes and folders.", name, $"Choose 1 to {LongestName} lower case letters, digits and underscores, such as look.");
        }

        IReadOnlyList<PlannedStep> beside = [.. restore.SelectMany(s => Beside(s, name, definition))];
        return beside.Any(s => s.Kind == RestoreSteps.BesideKind)
            ? beside
            : throw new AppException(ErrorIds.RestoreFailed, "Nothing in it can stand beside the live data: only databases, SQLite files, volumes and folders can.", name);
    }

    private static IEnumerable<PlannedStep> Beside(PlannedStep step, string name, AppDefinition definition)
    {
        var (kind, live) = step.Kind switch
        {
            RestoreSteps.LoadKind => (RestoreBesideStep.Database, definition.Databases[step.Inputs[RestoreSteps.Target]].Database),
            RestoreSteps.VolumeKind => (RestoreBesideStep.Volume, step.Inputs[RestoreSteps.Target]),
            RestoreSteps.FolderKind => (RestoreBesideStep.Folder, step.Inputs[RestoreSteps.Target]),
            RestoreSteps.SqliteKind => (RestoreBesideStep.SqliteFile, step.Inputs[RestoreSteps.Target]),
            _ => ("", ""),
        };
        if (kind.Length == 0)
        {
            // What brings a backup here is needed all the same.
            return step.Phase < StepPhase.Switch ? [step] : [];
        }

        var beside = kind == RestoreBesideStep.Database ? $"{live}_{name}" : $"{live.TrimEnd('/')}-{name}";
        if (kind == RestoreBesideStep.Database && Encoding.UTF8.GetByteCount(beside) > LongestDatabase)
            throw new AppException(ErrorIds.RestoreFailed, $"'{beside}' is longer than the {LongestDatabase} bytes that a database's name may have.", name, "Choose a shorter name.");
        return
        [
            new PlannedStep
            {
                Id = "",
                Kind = RestoreSteps.BesideKind,
                Phase = StepPhase.Stage,
                Description = $"Restore {step.Inputs.GetValueOrDefault(RestoreSteps.Source, step.Inputs[RestoreSteps.File])} as {kind} {beside}, beside {live}",
                Reversibility = Reversibility.Additive,
                Repeatable = Repeatability.Observable,
                Interruptible = true,
                Inputs = new Dictionary<string, string>(step.Inputs) { [RestoreBesideStep.KindInput] = kind, [RestoreBesideStep.NameInput] = beside },
            },
        ];
    }
}
