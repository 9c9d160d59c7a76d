using System.Globalization;
using UpgradeOps.Engine.Apps.Definition;
using UpgradeOps.Engine.Json;
using UpgradeOps.Engine.Migrations.Run;
using UpgradeOps.Engine.Platforms;
using UpgradeOps.Engine.Steps;

namespace UpgradeOps.Engine.Migrations.Back;

/// <summary>Steps that change what migrations a database has.</summary>
internal sealed class MigrationSteps(MigrationRoom room, ISchemaProbe schema, IPlatform platform, MigrationSteps.Cleaner clean) : IStepSource
{
    /// <summary>Takes the secrets out of what a command wrote.</summary>
    internal delegate Task<byte[]> Cleaner(byte[] text, CancellationToken cancellationToken);

    public const string TakeBack = "migration.takeBack";
    public const string Run = "migration.run";

    public const string Version = "version";
    public const string Sql = "sql";

    /// <summary>Inputs of <see cref="Run"/>: the command as a JSON array, the seconds that it may take, whose migrations they are for a person.</summary>
    public const string Command = "command";
    public const string Seconds = "seconds";
    public const string Target = "target";

    /// <summary>The release's version, and the schema's fingerprint before it; where they are known.</summary>
    public const string Release = "release";
    public const string Before = "before";

    public string Prefix => "migration";

    /// <summary>Whether a step changes the schema by itself, without a new version's start.</summary>
    public static bool Changes(PlannedStep step) => step.Kind.StartsWith("migration.", StringComparison.Ordinal);

    public IStep Create(PlannedStep planned) => planned.Kind switch
    {
        TakeBack => new TakeBackStep(planned, room),
        Run => new RunMigrationsStep(planned, room, schema, platform, clean),
        _ => throw new AppException(ErrorIds.PlanDamaged, $"Step {planned.Id} has the unknown kind '{planned.Kind}'.", planned.Id),
    };

    /// <param name="application">With migrations that a command runs.</param>
    /// <param name="release">The version that brings them.</param>
    /// <param name="job">What finds that version's environment again.</param>
    public static PlannedStep PlanRun(AppDefinition application, string? release, string? before, IReadOnlyDictionary<string, string> job)
    {
        var declared = application.Migrations!;
        var name = application.Name;
        List<string> command = [.. declared.Command.Select(a => Placeholders.Fill(a, application))];
        var inputs = new Dictionary<string, string>(job)
        {
            [Command] = EngineJson.Write(command),
            [Seconds] = declared.Timeout.TotalSeconds.ToString(CultureInfo.InvariantCulture),
            [Target] = release is null ? name : $"{name} {release}",
        };
        if (release is not null)
            inputs[Release] = release;
        if (before is not null)
            inputs[Before] = before;
        return new PlannedStep
        {
            Id = "",
            Kind = Run,
            Phase = StepPhase.Migrate,
            Description = $"Run the migrations{(release is null ? "" : $" of {release}")}: {string.Join(' ', command)}",
            Reversibility = Reversibility.NeedsBackup,
            Repeatable = Repeatability.Uncertain,
            Inputs = inputs,
        };
    }

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
