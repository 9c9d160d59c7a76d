using System.Globalization;
using UpgradeOps.Engine.Docker;
using UpgradeOps.Engine.Json;
using UpgradeOps.Engine.Platforms.Compose.Builds;
using UpgradeOps.Engine.Platforms.Compose.Files;
using UpgradeOps.Engine.Platforms.Compose.Steps;

namespace UpgradeOps.Engine.Platforms.Compose.Planning;

/// <summary>Makes the platform's steps from what runs to a target. Changes nothing.</summary>
internal sealed class ComposePlanner(ComposeProject project)
{
    public async Task<IReadOnlyList<PlannedStep>> RunAsync(Deployment current, PlatformTarget target, CancellationToken cancellationToken)
    {
        var built = project.Compose.Build is null ? null : await TargetProject.ReadAsync(project, current, target, cancellationToken).ConfigureAwait(false);
        var snapshot = await ComposeSnapshot.ReadAsync(project, cancellationToken, built).ConfigureAwait(false);
        var value = built is null ? ValueFor(snapshot, target) : "";
        var services = await new MovePlanner(project, snapshot, value).RunAsync(target, cancellationToken).ConfigureAwait(false);
        var files = target.IsRecorded ? await ChangedFilesAsync(target, cancellationToken).ConfigureAwait(false) : [.. (built?.Files ?? []).Where(f => f.Taken).Select(f => f.Path)];
        var inputs = new Dictionary<string, string>
        {
            [StepInputs.Project] = snapshot.Model.Project,
            [StepInputs.Services] = EngineJson.Write(services),
        };
        var values = new Dictionary<string, string>(inputs) { [StepInputs.Value] = value, [StepInputs.OldValue] = snapshot.Value ?? "" };
        var before = await project.Files.HashAsync(cancellationToken).ConfigureAwait(false);
        var remember = new Dictionary<string, string>(values) { [StepInputs.Files] = EngineJson.Write(before) };
        var mounts = built?.Mounts.Changes ?? [];
        if (mounts.Count > 0)
            remember[StepInputs.Mounts] = EngineJson.Write(mounts);
        var after = new Dictionary<string, string>(before);
        if (built is null)
            after[project.Files.EnvPath] = ComposeFiles.Hash(EnvFile.Parse(snapshot.Env!, project.Files.EnvPath).With(project.Compose.Variable, value, project.Files.EnvPath));
        foreach (var file in built?.Files ?? [])
            after[file.Path] = file.Sha256;
        foreach (var (path, bytes) in target.RecordedFiles.Where(f => f.Key != project.Files.EnvPath))
            after[path] = ComposeFiles.Hash(bytes);
        values[StepInputs.Files] = EngineJson.Write(after);
        var keep = new Dictionary<string, string>(inputs) { [StepInputs.Files] = values[StepInputs.Files] };
        var words = new StepWords(services, target.Release);
        var commit = new CommitPlan(target.Release, words, built, snapshot);
        var recreate = services.Any(s => Beside.Obstacle(snapshot, s.Name) is not null);

        List<PlannedStep> steps =
        [
            Step(StepKinds.Remember, StepPhase.Stage, words.Remember, Reversibility.Reversible, remember),
        ];
        if (services.Any(s => s.Digest is not null))
        {
            var pull = target.Release.SizeBytes is { } size
                ? new Dictionary<string, string>(inputs) { [StepInputs.Size] = size.ToString(CultureInfo.InvariantCulture) }
                : inputs;
            steps.Add(Step(StepKinds.Pull, StepPhase.Stage, words.Pull, Reversibility.Additive, pull) with { Interruptible = true });
        }

        if (commit.Builds)
            steps.Add(Step(StepKinds.Build, StepPhase.Stage, commit.Description, Reversibility.Additive, commit.BuildInputs(inputs)) with { Interruptible = true });
        steps.Add(Step(StepKinds.Hold, StepPhase.Stage, words.Hold, Reversibility.Additive, inputs));
        steps.Add(Step(StepKinds.Tag, StepPhase.Switch, words.Tag, Reversibility.Reversible, inputs));
        if (files.Count > 0)
            steps.Add(Step(StepKinds.Files, StepPhase.Switch, commit.FilesWords(files), Reversibility.Reversible, commit.FilesInputs(files)));
        if (built is null)
        {
            steps.Add(Step(StepKinds.Env, StepPhase.Switch, $"Set {project.Compose.Variable} to {value} in {project.Files.EnvPath}", Reversibility.Reversible, new()
            {
                [StepInputs.Value] = value,
                [StepInputs.Sha256] = ComposeFiles.Hash(snapshot.Env!),
            }));
        }

        var written = mounts.Count == 0 ? null : Step(StepKinds.Mounts, StepPhase.Switch, commit.MountsWords(project.Compose.Directory, mounts), Reversibility.Reversible, commit.MountsInputs(mounts));
        steps.AddRange(Switch(snapshot, recreate, inputs, values, words, written));
        steps.Add(Step(StepKinds.Keep, StepPhase.Keep, words.Keep, Reversibility.Irreversible, keep));
        return steps;
    }

    /// <returns>What finds a version again for <see cref="ComposeJob"/>; of the installed one without a target.</returns>
    public async Task<IReadOnlyDictionary<string, string>> JobAsync(string? service, PlatformTarget? target, CancellationToken cancellationToken)
    {
        var snapshot = await ComposeSnapshot.ReadAsync(project, cancellationToken).ConfigureAwait(false);
        return new Dictionary<string, string>
        {
            [StepInputs.Project] = snapshot.Model.Project,
            [StepInputs.Service] = service ?? project.Compose.Service,
            [StepInputs.Value] = project.Compose.Build is not null ? "" : target is null ? snapshot.Value ?? throw Unassigned(snapshot) : ValueFor(snapshot, target),
        };
    }

    /// <param name="mounts">What is written to mounted files: the old version must not see it while it serves, and the new one from its start.</param>
    private static IEnumerable<PlannedStep> Switch(
        ComposeSnapshot snapshot, bool recreate, Dictionary<string, string> inputs, Dictionary<string, string> values, StepWords words, PlannedStep? mounts)
    {
        var dependents = new Dictionary<string, string>(inputs) { [StepInputs.Dependents] = EngineJson.Write(snapshot.Dependents) };
        var stop = Step(StepKinds.Stop, StepPhase.Switch, words.Stop, Reversibility.Reversible, dependents) with { CausesOutage = true, StopsOld = true };
        if (recreate)
        {
            yield return stop;
            if (mounts is not null)
                yield return mounts;
            yield return Step(StepKinds.Recreate, StepPhase.Switch, words.Recreate, Reversibility.Reversible, values) with { CausesOutage = true };
        }
        else
        {
            yield return Step(StepKinds.Create, StepPhase.Switch, words.Create, Reversibility.Reversible, values);
            yield return stop;
            if (mounts is not null)
                yield return mounts;
        }

        yield return Step(StepKinds.Start, StepPhase.Switch, words.Start, Reversibility.Reversible, dependents) with { CausesOutage = true, StartsNew = true };
    }

    /// <exception cref="AppException"><see cref="ErrorIds.ComposeVariableMissing"/>.</exception>
    private string ValueFor(ComposeSnapshot snapshot, PlatformTarget target)
    {
        if (snapshot.Env is null || snapshot.Value is null)
        {
            throw Unassigned(snapshot);
        }

        if (target.RecordedFiles.TryGetValue(project.Files.EnvPath, out var recorded) && EnvFile.Parse(recorded, project.Files.EnvPath).Value(project.Compose.Variable) is { Length: > 0 } then)
            return then;
        var template = snapshot.Service.Template ?? throw Unused(snapshot);
        return template.ValueOf(target.Release.Tag) ?? throw new AppException(
            ErrorIds.ComposeVariableMissing,
            $"The tag {target.Release.Tag} does not fit the image of {snapshot.Service.Name}, whose tags are {template.TagOf($"${{{project.Compose.Variable}}}")}.",
            snapshot.Service.Name);
    }

    private AppException Unassigned(ComposeSnapshot snapshot) => new(
        ErrorIds.ComposeVariableMissing,
        $"{project.Files.EnvPath} does not assign {project.Compose.Variable}.",
        project.Files.EnvPath,
        $"Add a line {project.Compose.Variable}={ImageIdentity.TagOf(snapshot.Own.FirstOrDefault()?.Config.Image ?? "") ?? "<the tag that runs now>"} to it.");

    private AppException Unused(ComposeSnapshot snapshot) => new(
        ErrorIds.ComposeVariableMissing,
        $"{project.Compose.Variable} does not decide the tag of the image of {snapshot.Service.Name}.",
        snapshot.Service.Name);

    /// <summary>Compose files that differ from what was recorded; the <c>.env</c> file is edited, never replaced.</summary>
    private async Task<List<string>> ChangedFilesAsync(PlatformTarget target, CancellationToken cancellationToken)
    {
        var changed = new List<string>();
        foreach (var (path, bytes) in target.RecordedFiles.Where(f => f.Key != project.Files.EnvPath))
        {
            var now = await project.Host.Files.ReadAsync(path, cancellationToken).ConfigureAwait(false);
            if (now is null || !now.AsSpan().SequenceEqual(bytes))
                changed.Add(path);
        }

        return changed;
    }

    private static PlannedStep Step(string kind, StepPhase phase, string description, Reversibility reversibility, Dictionary<string, string> inputs) => new()
    {
        Id = $"main/{kind}#1",
        Kind = kind,
        Phase = phase,
        Description = description,
        Reversibility = reversibility,
        Repeatable = Repeatability.Observable,
        Inputs = inputs,
    };
}
