using UpgradeOps.Engine.Steps;

namespace UpgradeOps.Engine.Migrations.Back;

/// <summary>Steps that change what migrations a database has.</summary>
internal sealed class MigrationSteps(MigrationRoom room) : IStepSource
{
    public const string TakeBack = "migration.takeBack";

    public const string Version = "version";
    public const string Sql = "sql";

    public string Prefix => "migration";

    /// <summary>Whether a step changes the schema by itself, without a new version's start.</summary>
    public static bool Changes(PlannedStep step) => step.Kind.StartsWith("migration.", StringComparison.Ordinal);

    public IStep Create(PlannedStep planned) => planned.Kind == TakeBack
        ? new TakeBackStep(planned, room)
        : throw new AppException(ErrorIds.PlanDamaged, $"Step {planned.Id} has the unknown kind '{planned.Kind}'.", planned.Id);

    /// <param name="sql">All of it, with what makes the tracker forget.</param>
    /// <param name="atOnce">The engine takes back what a script did when it fails.</param>
    public static PlannedStep PlanTakeBack(Migration migration, string script, string sql, bool atOnce) => new()
    {
        Id = "",
        Kind = TakeBack,
        Phase = StepPhase.Migrate,
        Description = $"Take back migration {migration.Version}{(migration.Title is { } title ? $" ({title})" : "")} with {script}, and its row",
        Reversibility = Reversibility.NeedsBackup,
        Repeatable = atOnce ? Repeatability.Observable : Repeatability.Uncertain,
        Inputs = new Dictionary<string, string> { [Version] = migration.Version, [Sql] = sql },
    };
}
