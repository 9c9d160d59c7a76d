using UpgradeOps.Engine.Json;
using UpgradeOps.Engine.Platforms.Compose.Model;
using UpgradeOps.Engine.Platforms.Compose.Preflight;
using UpgradeOps.Engine.Platforms.Compose.Steps;

namespace UpgradeOps.Engine.Platforms.Compose.Mounts;

/// <summary>Going back: puts files that containers mount as they were before the operation that is taken back, and before those that were kept since.</summary>
internal static class RecordedMounts
{
    /// <param name="model">What the compose files say then.</param>
    public static async Task<MountedChanges> DecideAsync(ComposeProject project, PlatformTarget target, ComposeModel model, CancellationToken cancellationToken)
    {
        var (then, left) = (new Dictionary<string, MountChange>(), new Dictionary<string, MountState?>());
        foreach (var operation in target.RecordedSince)
        {
            foreach (var change in Of(operation.Steps))
            {
                then.TryAdd(change.Path, new MountChange(change.Path, null, null, change.Before, operation.OperationId));
                left[change.Path] = change.After;
            }
        }

        var (changes, findings) = (new List<MountChange>(), new List<Finding>());
        foreach (var change in then.Values.OrderBy(c => c.Path, StringComparer.Ordinal))
        {
            try
            {
                var here = (await new MountedFolder(project).ReadAsync(change.Path, cancellationToken).ConfigureAwait(false))?.State;
                if (here is not null && here.Sha256 != left[change.Path]?.Sha256 && here.Sha256 != change.After?.Sha256)
                    findings.Add(Edited(change.Path));
                else if (here != change.After)
                    changes.Add(change with { Before = here });
            }
            catch (AppException e) when (e.ErrorId == ErrorIds.ConfigurationEdited)
            {
                findings.Add(Findings.Of(e));
            }
        }

        var mounted = model.Services.Values.SelectMany(s => s.Mounted).Distinct();
        return new MountedChanges { Changes = changes, Findings = findings, Missing = await MissingMounts.FindAsync(project, mounted, changes, cancellationToken).ConfigureAwait(false) };
    }

    private static IReadOnlyList<MountChange> Of(IReadOnlyList<PlannedStep> steps) =>
        steps.FirstOrDefault(s => s.Kind == StepKinds.Mounts)?.Inputs.TryGetValue(StepInputs.Mounts, out var json) == true
            ? EngineJson.Read<List<MountChange>>(json, ErrorIds.PlanDamaged, StepKinds.Mounts)
            : [];

    private static Finding Edited(string path) => Findings.Blocker(
        ErrorIds.ConfigurationEdited,
        path,
        $"{path} was edited after the update that is taken back had written it, and the version before it had another one: which of the two counts, nobody can tell.",
        "Keep the edit elsewhere and remove the file, run the same command again, then bring back of the edit what the old version understands.");
}
