using UpgradeOps.Engine.Hosts;
using UpgradeOps.Engine.Platforms.Compose.Files;
using UpgradeOps.Engine.Platforms.Compose.Model;
using UpgradeOps.Engine.Platforms.Compose.Mounts;
using UpgradeOps.Engine.Platforms.Compose.Steps;
using UpgradeOps.Engine.Releases.Git;

namespace UpgradeOps.Engine.Platforms.Compose.Builds;

/// <summary>The project as it will be: what the compose files say that count after the update. Read beside the folder, of which nothing is changed.</summary>
internal sealed record TargetProject
{
    /// <summary>In the order in which they count.</summary>
    public required IReadOnlyList<CommitFile> Files { get; init; }

    public required ComposeModel Model { get; init; }

    /// <summary>Compose's hash of each service's configuration.</summary>
    public required IReadOnlyDictionary<string, string> Hashes { get; init; }

    public IReadOnlyList<Finding> Findings { get; init; } = [];

    /// <summary>What becomes of the files that containers mount from the folder.</summary>
    public MountedChanges Mounts { get; init; } = MountedChanges.None;

    /// <summary>Services that move because an operation that is taken back moved them.</summary>
    public IReadOnlySet<string> Also { get; init; } = new HashSet<string>();

    /// <exception cref="AppException"><see cref="ErrorIds.ComposeInvalid"/>, what git failed with.</exception>
    public static async Task<TargetProject> ReadAsync(ComposeProject project, Deployment current, PlatformTarget target, CancellationToken cancellationToken)
    {
        if (target.IsRecorded)
            return await RecordedAsync(project, target, cancellationToken).ConfigureAwait(false);
        var commit = GitDigest.CommitOf(target.Release.Digest) ?? throw new AppException(ErrorIds.PlanDamaged, $"Release {target.Release.Version} is no commit.", target.Release.Version);
        var running = GitDigest.CommitOf(current.Digest);
        var (files, taken, findings) = await new CommitFiles(project, running, commit).DecideAsync(cancellationToken).ConfigureAwait(false);
        IReadOnlyList<string> paths = [.. files.Select(f => f.Path)];
        var (model, hashes) = await ReadAsync(project, paths, taken, cancellationToken).ConfigureAwait(false);
        var own = await OwnFiles.FindAsync(project, model, paths, taken, cancellationToken).ConfigureAwait(false);
        var mounts = await new MountedFiles(project, running, commit, own).DecideAsync(model, cancellationToken).ConfigureAwait(false);
        return new TargetProject { Files = files, Model = model, Hashes = hashes, Findings = findings, Mounts = mounts };
    }

    private static async Task<TargetProject> RecordedAsync(ComposeProject project, PlatformTarget target, CancellationToken cancellationToken)
    {
        var then = target.RecordedFiles.Where(f => f.Key != project.Files.EnvPath).ToDictionary(f => f.Key, f => f.Value);
        var now = await project.Files.FindAsync(cancellationToken).ConfigureAwait(false);
        // In the order in which they count now; one that came since then is left as it is, and counts too.
        var (model, hashes) = await ReadAsync(project, [.. now, .. then.Keys.Except(now)], then, cancellationToken).ConfigureAwait(false);
        return new TargetProject
        {
            Files = [.. then.Select(f => new CommitFile(f.Key, null, Taken: true, ComposeFiles.Hash(f.Value)))],
            Model = model,
            Hashes = hashes,
            Mounts = await RecordedMounts.DecideAsync(project, target, model, cancellationToken).ConfigureAwait(false),
            Also = RecordedMoves.Of(target).Where(m => m.OldImage is not null).Select(m => m.Name).ToHashSet(),
        };
    }

    /// <param name="contents">In place of what stands at these paths.</param>
    private static async Task<(ComposeModel Model, IReadOnlyDictionary<string, string> Hashes)> ReadAsync(
        ComposeProject project, IReadOnlyList<string> paths, IReadOnlyDictionary<string, byte[]> contents, CancellationToken cancellationToken)
    {
        var look = HostPath.Join(project.Builds.Looks, Guid.NewGuid().ToString("N"));
        try
        {
            var places = new List<string>();
            foreach (var path in paths)
            {
                var place = contents.ContainsKey(path) ? HostPath.Join(look, $"{places.Count}", HostPath.Name(path)) : path;
                places.Add(place);
                if (place == path)
                    continue;
                await project.Host.Files.CreateFolderAsync(HostPath.Parent(place)!, HostModes.PrivateFolder, cancellationToken).ConfigureAwait(false);
                await project.Host.Files.WriteAtomicAsync(place, contents[path], HostModes.PrivateFile, cancellationToken).ConfigureAwait(false);
            }

            var command = project.CommandWith(places);
            var (model, hashes) = (command.ReadModelAsync(cancellationToken), command.ReadHashesAsync("", cancellationToken));
            await Task.WhenAll(model, hashes).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            return (await model.ConfigureAwait(false), await hashes.ConfigureAwait(false));
        }
        finally
        {
            await project.Host.Files.DeleteAsync(look, CancellationToken.None).ConfigureAwait(false);
        }
    }
}
