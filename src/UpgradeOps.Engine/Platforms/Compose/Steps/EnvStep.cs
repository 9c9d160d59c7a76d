using UpgradeOps.Engine.Platforms.Compose.Files;
using UpgradeOps.Engine.Steps;

namespace UpgradeOps.Engine.Platforms.Compose.Steps;

/// <summary>Writes the new value of the variable into the <c>.env</c> file; every other byte stays. The bytes before are kept with the operation.</summary>
internal sealed class EnvStep(PlannedStep planned, ComposeProject project) : ComposeStep(planned, project)
{
    private const string Kept = "env";
    private const int Private = 0b110_000_000;

    private string Path => Project.Files.EnvPath;

    private string Variable => Project.Compose.Variable;

    public override async Task<StepState> ObserveAsync(StepContext context, CancellationToken cancellationToken)
    {
        var original = await context.KeptAsync(Kept, cancellationToken).ConfigureAwait(false);
        var current = await Project.Files.ReadEnvAsync(cancellationToken).ConfigureAwait(false);
        return original is not null && current is not null && current.AsSpan().SequenceEqual(Edit(original)) ? StepState.Done : StepState.NotDone;
    }

    public override async Task DoAsync(StepContext context, CancellationToken cancellationToken)
    {
        var current = await Project.Files.ReadEnvAsync(cancellationToken).ConfigureAwait(false) ?? throw Edited("is gone");
        var original = await context.KeptAsync(Kept, cancellationToken).ConfigureAwait(false);
        if (original is null)
        {
            if (ComposeFiles.Hash(current) is var found && found != Input(StepInputs.Sha256) && found != Generated(context).GetValueOrDefault(Path))
                throw Edited("was edited after the plan was made");
            await context.KeepAsync(Kept, current, cancellationToken).ConfigureAwait(false);
            original = current;
        }

        var edited = Edit(original);
        await context.RecordAsync(StepInputs.Sha256, ComposeFiles.Hash(edited), cancellationToken).ConfigureAwait(false);
        if (current.AsSpan().SequenceEqual(edited))
            return;
        if (!current.AsSpan().SequenceEqual(original))
            throw Edited("is neither as it was found nor as this update writes it");
        await WriteAsync(edited, cancellationToken).ConfigureAwait(false);
    }

    public override async Task UndoAsync(StepContext context, CancellationToken cancellationToken)
    {
        var original = await context.KeptAsync(Kept, cancellationToken).ConfigureAwait(false);
        var current = await Project.Files.ReadEnvAsync(cancellationToken).ConfigureAwait(false);
        if (original is null || (current is not null && current.AsSpan().SequenceEqual(original)))
            return;
        if (current is null || current.AsSpan().SequenceEqual(Edit(original)))
        {
            await WriteAsync(original, cancellationToken).ConfigureAwait(false);
            return;
        }

        // Somebody edited other lines meanwhile: theirs stay, ours goes back.
        var file = EnvFile.Parse(current, Path);
        var before = EnvFile.Parse(original, Path).Value(Variable)!;
        if (file.Value(Variable) == before)
            return;
        if (file.Value(Variable) != Input(StepInputs.Value))
            throw Edited($"has another value of {Variable} than the recorded '{before}' and the written '{Input(StepInputs.Value)}'");
        context.Tell($"{Path} was edited meanwhile: only {Variable} goes back");
        await WriteAsync(file.With(Variable, before, Path), cancellationToken).ConfigureAwait(false);
    }

    private byte[] Edit(byte[] original) => EnvFile.Parse(original, Path).With(Variable, Input(StepInputs.Value), Path);

    private Task WriteAsync(byte[] bytes, CancellationToken cancellationToken) =>
        Project.Host.Files.WriteAtomicAsync(Path, bytes, Private, cancellationToken);

    private AppException Edited(string what) => new(ErrorIds.ConfigurationEdited, $"{Path} {what}.", Path);
}
