using UpgradeOps.Engine.Apps.Definition;
using UpgradeOps.Engine.Hosts;
using UpgradeOps.Engine.Json;
using UpgradeOps.Engine.Platforms.Compose.Files;
using UpgradeOps.Engine.Steps;

namespace UpgradeOps.Engine.Platforms.Generate;

/// <summary>
/// Makes the values that were missing when the plan was made, and no others. The way back leaves them: what was encrypted with one of them, or
/// backed up with it, can be read by nothing else, and the old version does not know them.
/// </summary>
internal sealed class GenerateStep(PlannedStep planned, IReadOnlyList<GenerateDefinition> declared, GenerateLook look, GenerateMaker maker, IHostFiles files) : Step(planned)
{
    private IReadOnlyList<GenerateDefinition> Entries
    {
        get
        {
            var names = EngineJson.Read<List<string>>(Input(GenerateSteps.Names), ErrorIds.PlanDamaged, Planned.Id);
            return [.. declared.Where(d => names.Contains(d.Name))];
        }
    }

    public override async Task<StepState> ObserveAsync(StepContext context, CancellationToken cancellationToken)
    {
        foreach (var entry in Entries)
        {
            if (await look.AtAsync(entry, cancellationToken).ConfigureAwait(false) is ValueState.Missing or ValueState.PublicMissing)
                return StepState.NotDone;
        }

        await RecordAsync(context, cancellationToken).ConfigureAwait(false);
        return StepState.Done;
    }

    public override async Task DoAsync(StepContext context, CancellationToken cancellationToken)
    {
        await maker.MakeAsync(Entries, cancellationToken).ConfigureAwait(false);
        foreach (var entry in Entries)
        {
            // Somebody has put something in its way since the plan was made.
            if (await look.AtAsync(entry, cancellationToken).ConfigureAwait(false) is not (ValueState.There or ValueState.Empty))
                throw new AppException(ErrorIds.SecretInUse, $"{entry.Name} could not be made: something stands in its place that does not fit.", entry.Name);
        }

        await RecordAsync(context, cancellationToken).ConfigureAwait(false);
    }

    public override async Task UndoAsync(StepContext context, CancellationToken cancellationToken)
    {
        await maker.SweepAsync(Entries, cancellationToken).ConfigureAwait(false);
        context.Tell($"What was made stays: {string.Join(", ", Entries.Select(e => e.Name))}");
    }

    /// <summary>For steps that refuse a <c>.env</c> file which somebody edited: this edit was ours.</summary>
    private async Task RecordAsync(StepContext context, CancellationToken cancellationToken)
    {
        var hashes = new Dictionary<string, string>();
        foreach (var path in Entries.Where(e => e.Variable is not null).Select(e => look.PathOf(e.EnvFile)).Distinct())
        {
            if (await files.ReadAsync(path, cancellationToken).ConfigureAwait(false) is { } bytes)
                hashes[path] = ComposeFiles.Hash(bytes);
        }

        await context.RecordAsync(GenerateSteps.Hashes, EngineJson.Write(hashes), cancellationToken).ConfigureAwait(false);
    }
}
