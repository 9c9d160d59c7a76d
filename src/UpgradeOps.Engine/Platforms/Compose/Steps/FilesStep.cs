using UpgradeOps.Engine.Platforms.Compose.Builds;
using UpgradeOps.Engine.Platforms.Compose.Files;
using UpgradeOps.Engine.Releases.Git;
using UpgradeOps.Engine.Steps;

namespace UpgradeOps.Engine.Platforms.Compose.Steps;

/// <summary>
/// Forward, where images are built: puts compose files as the commit has them. Going back: puts compose files as they were when the recorded version ran, for an old image under a new compose file is a third version
/// that never existed. What stands there now is kept with the operation.
/// </summary>
internal sealed class FilesStep(PlannedStep planned, ComposeProject project) : ComposeStep(planned, project)
{
    private const int OwnerWrites = 0b110_100_100;

    private IReadOnlyList<string> Paths => Read<List<string>>(Input(StepInputs.Paths));

    public override async Task DoAsync(StepContext context, CancellationToken cancellationToken)
    {
        foreach (var path in Paths)
        {
            var recorded = await RecordedAsync(path, context, cancellationToken).ConfigureAwait(false);
            var current = await Project.Host.Files.ReadAsync(path, cancellationToken).ConfigureAwait(false);
            if (current is not null && current.AsSpan().SequenceEqual(recorded))
                continue;
            if (current is not null)
                await context.KeepAsync(NameOf(path), current, cancellationToken).ConfigureAwait(false);
            await Project.Host.Files.WriteAtomicAsync(path, recorded, OwnerWrites, cancellationToken).ConfigureAwait(false);
        }
    }

    public override async Task UndoAsync(StepContext context, CancellationToken cancellationToken)
    {
        foreach (var path in Paths)
        {
            if (await context.KeptAsync(NameOf(path), cancellationToken).ConfigureAwait(false) is not { } kept)
                continue;
            var current = await Project.Host.Files.ReadAsync(path, cancellationToken).ConfigureAwait(false);
            var recorded = await RecordedAsync(path, context, cancellationToken).ConfigureAwait(false);
            if (current is not null && current.AsSpan().SequenceEqual(kept))
                continue;
            if (current is not null && !current.AsSpan().SequenceEqual(recorded))
                throw new AppException(ErrorIds.ConfigurationEdited, $"{path} is neither as it was found nor as the recorded version had it.", path);
            await Project.Host.Files.WriteAtomicAsync(path, kept, OwnerWrites, cancellationToken).ConfigureAwait(false);
        }
    }

    private async Task<byte[]> RecordedAsync(string path, StepContext context, CancellationToken cancellationToken) => OptionalInput(StepInputs.Digest) is { } digest
        ? await OfCommitAsync(path, GitDigest.CommitOf(digest)!, cancellationToken).ConfigureAwait(false)
        : await context.RecordedFileAsync(path, cancellationToken).ConfigureAwait(false)
        ?? throw new AppException(ErrorIds.StateDamaged, $"The recorded copy of {path} is gone.", path);

    private async Task<byte[]> OfCommitAsync(string path, string commit, CancellationToken cancellationToken)
    {
        var file = Read<List<CommitFile>>(Input(StepInputs.CommitFiles)).Single(f => f.Path == path);
        var bytes = Project.Repository is { } repository ? await repository.ReadAsync(commit, file.Source!, cancellationToken).ConfigureAwait(false) : null;
        return bytes is not null && ComposeFiles.Hash(bytes) == file.Sha256
            ? bytes
            : throw new AppException(ErrorIds.PlanStale, $"Commit {commit} has another {file.Source} than when the plan was made.", path);
    }

    /// <summary>Files of one name in several folders must not meet.</summary>
    private static string NameOf(string path) => $"{ComposeFiles.Hash(System.Text.Encoding.UTF8.GetBytes(path))[..8]}-{Path.GetFileName(path)}";
}
