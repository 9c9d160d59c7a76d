using UpgradeOps.Engine.Apps.Definition;
using UpgradeOps.Engine.Apps.Secrets;
using UpgradeOps.Engine.Hosts;
using UpgradeOps.Engine.Json;
using UpgradeOps.Engine.Steps;

namespace UpgradeOps.Engine.Platforms.Generate;

/// <summary>The step that makes missing values, on any platform. Kinds, inputs and outputs stand in journals: never renamed.</summary>
internal sealed class GenerateSteps(AppDefinition definition, IHostFiles files, Redaction redaction) : IStepSource
{
    public const string Make = "generate.make";

    /// <summary>Input: JSON array of <see cref="GenerateDefinition.Name"/>.</summary>
    public const string Names = "names";

    /// <summary>Output: JSON object of SHA-256 of each <c>.env</c> file that was added to, by absolute path.</summary>
    public const string Hashes = "hashes";

    private readonly GenerateLook look = new(definition.Platform.Directory, files);

    public string Prefix => "generate";

    public IStep Create(PlannedStep planned) => planned.Kind == Make
        ? new GenerateStep(planned, definition.Generate, look, new GenerateMaker(look, files, redaction), files)
        : throw new AppException(ErrorIds.PlanDamaged, $"Step {planned.Id} has the unknown kind '{planned.Kind}'.", planned.Id);

    public string PathOf(string file) => look.PathOf(file);

    /// <summary>What is declared, and what of it is there.</summary>
    public async Task<IReadOnlyList<(GenerateDefinition Entry, ValueState State)>> LookAsync(CancellationToken cancellationToken)
    {
        var found = new List<(GenerateDefinition, ValueState)>();
        foreach (var entry in definition.Generate)
            found.Add((entry, await look.AtAsync(entry, cancellationToken).ConfigureAwait(false)));
        return found;
    }

    /// <returns>The step; none when nothing is missing.</returns>
    public static IReadOnlyList<PlannedStep> Plan(IReadOnlyList<(GenerateDefinition Entry, ValueState State)> found)
    {
        var missing = found.Where(f => f.State is ValueState.Missing or ValueState.PublicMissing).Select(f => f.Entry).ToList();
        return missing.Count == 0 ? [] :
        [
            new PlannedStep
            {
                Id = "",
                Kind = Make,
                Phase = StepPhase.Stage,
                Description = $"Make what is missing: {string.Join("; ", Words(missing))}",
                Reversibility = Reversibility.Additive,
                Repeatable = Repeatability.Observable,
                Inputs = new Dictionary<string, string> { [Names] = EngineJson.Write(missing.Select(m => m.Name).ToList()) },
            },
        ];
    }

    private static IEnumerable<string> Words(IReadOnlyList<GenerateDefinition> missing)
    {
        foreach (var file in missing.Where(m => m.Variable is not null).GroupBy(m => m.EnvFile))
            yield return $"{Count(file.Count(), "value")} in {file.Key} ({string.Join(", ", file.Select(m => m.Variable))})";
        foreach (var (word, entries) in new[] { ("file", missing.Where(m => m.File is not null).ToList()), ("key pair", missing.Where(m => m.Key is not null).ToList()) })
        {
            if (entries.Count > 0)
                yield return $"{Count(entries.Count, word)} ({string.Join(", ", entries.Select(m => m.Name))})";
        }
    }

    private static string Count(int number, string word) => number == 1 ? $"1 {word}" : $"{number} {word}s";
}
