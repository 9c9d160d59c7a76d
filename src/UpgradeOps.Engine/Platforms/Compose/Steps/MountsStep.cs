using System.Globalization;
using System.Text;
using UpgradeOps.Engine.Hosts;
using UpgradeOps.Engine.Hosts.Durable;
using UpgradeOps.Engine.Json;
using UpgradeOps.Engine.Platforms.Compose.Files;
using UpgradeOps.Engine.Platforms.Compose.Mounts;
using UpgradeOps.Engine.Releases.Git;
using UpgradeOps.Engine.Steps;

namespace UpgradeOps.Engine.Platforms.Compose.Steps;

/// <summary>
/// Puts files that containers mount from the folder as the commit has them, or going back as they were: while neither version runs, for what is mounted shows
/// at once. What stands there before is kept with the operation.
/// </summary>
internal sealed class MountsStep(PlannedStep planned, ComposeProject project) : ComposeStep(planned, project)
{
    private const int Digits = 32;
    private const int LongestName = 40;

    private readonly MountedFolder _folder = new(project);

    private IReadOnlyList<MountChange> Changes => Read<List<MountChange>>(Input(StepInputs.Mounts));

    private IHostFiles Files => Project.Host.Files;

    public override async Task DoAsync(StepContext context, CancellationToken cancellationToken)
    {
        // All is looked at before anything is written.
        var contents = await ContentsAsync(context, cancellationToken).ConfigureAwait(false);
        foreach (var change in Changes)
        {
            if ((await _folder.ReadAsync(change.Path, cancellationToken).ConfigureAwait(false))?.State is var here && !IsSame(here, change.Before) && !IsSame(here, change.After))
                throw Edited(change.Path);
        }

        await RecordFoldersAsync(context, cancellationToken).ConfigureAwait(false);
        foreach (var change in Changes)
        {
            var here = await _folder.ReadAsync(change.Path, cancellationToken).ConfigureAwait(false);
            if (!IsSame(here?.State, change.After))
            {
                // An empty one stands for a file that is not there: what has none was never come to.
                await context.KeepAsync(NameOf(change.Path), here?.Bytes ?? [], cancellationToken).ConfigureAwait(false);
            }

            context.Tell($"{(change.After is null ? "Removing" : "Writing")} {change.Path}");
            await PutAsync(change.Path, here?.State, change.After, change.After is null ? null : contents[change.Path], cancellationToken).ConfigureAwait(false);
        }

        await RemoveHalfWrittenAsync(cancellationToken).ConfigureAwait(false);
        await RemoveEmptiedAsync(context, cancellationToken).ConfigureAwait(false);
    }

    public override async Task UndoAsync(StepContext context, CancellationToken cancellationToken)
    {
        foreach (var (folder, mode) in Recorded<Dictionary<string, int>>(context.Outputs, StepOutputs.Emptied).OrderBy(f => f.Key.Length))
            await Files.CreateFolderAsync(folder, mode, cancellationToken).ConfigureAwait(false);
        foreach (var change in Changes.Reverse())
        {
            var kept = await context.KeptAsync(NameOf(change.Path), cancellationToken).ConfigureAwait(false);
            // A change of the mode alone keeps nothing.
            if (kept is null && !IsSame(change.Before, change.After))
                continue;
            var here = (await _folder.ReadAsync(change.Path, cancellationToken).ConfigureAwait(false))?.State;
            if (here is not null && !IsSame(here, change.Before) && !IsSame(here, change.After))
                throw new AppException(ErrorIds.ConfigurationEdited, $"{change.Path} is neither as it was found nor as this operation put it there: somebody, or a container, edited it.", change.Path, "Keep the edit elsewhere and remove the file, then run the same command again: it is put back as it was found.");
            await PutAsync(change.Path, here, change.Before, kept, cancellationToken).ConfigureAwait(false);
        }

        await RemoveHalfWrittenAsync(cancellationToken).ConfigureAwait(false);
        foreach (var folder in Recorded<List<string>>(context.Outputs, StepOutputs.Folders).OrderByDescending(f => f.Length))
        {
            if (await Files.StatAsync(folder, cancellationToken).ConfigureAwait(false) is { IsFolder: true } && (await Files.ListAsync(folder, cancellationToken).ConfigureAwait(false)).Count == 0)
                await Files.DeleteAsync(folder, cancellationToken).ConfigureAwait(false);
        }
    }

    /// <summary>What somebody edits while the images are built is found before anything is stopped for it.</summary>
    public static async Task RequireUneditedAsync(ComposeProject project, IReadOnlyList<MountChange> changes, CancellationToken cancellationToken)
    {
        foreach (var change in changes)
        {
            if (!IsSame((await new MountedFolder(project).ReadAsync(change.Path, cancellationToken).ConfigureAwait(false))?.State, change.Before))
                throw Edited(change.Path);
        }
    }

    /// <summary>Many may have one name, and a long one.</summary>
    private static string NameOf(string path)
    {
        var name = HostPath.Name(path);
        return $"{ComposeFiles.Hash(Encoding.UTF8.GetBytes(path))[..Digits]}-{(name.Length > LongestName ? name[^LongestName..] : name)}";
    }

    private static AppException Edited(string path) => new(
        ErrorIds.ConfigurationEdited, $"{path} was edited by somebody after the plan was made. The edit was left as it is.", path, "Look at the edit, then run the same command again: its plan is made from the files as they are now.");

    /// <summary>An owner's or a container's own mind about who may read a file is no edit.</summary>
    private static bool IsSame(MountState? one, MountState? other) => one?.Sha256 == other?.Sha256;

    private async Task PutAsync(string path, MountState? here, MountState? wanted, byte[]? bytes, CancellationToken cancellationToken)
    {
        if (wanted is null)
        {
            if (here is not null)
                await Files.DeleteAsync(path, cancellationToken).ConfigureAwait(false);
            return;
        }

        if (!IsSame(here, wanted))
        {
            await Files.CreateFolderAsync(HostPath.Parent(path)!, HostModes.OpenFolder, cancellationToken).ConfigureAwait(false);
            await Files.WriteAtomicAsync(path, bytes!, wanted.Mode, cancellationToken).ConfigureAwait(false);
        }

        // A file that is replaced keeps the mode that it had.
        if (here is not null && here.Mode != wanted.Mode)
            await SetModeAsync(path, wanted.Mode, cancellationToken).ConfigureAwait(false);
    }

    private async Task SetModeAsync(string path, int mode, CancellationToken cancellationToken)
    {
        var result = await Project.Host.RunAsync(new HostCommand("chmod", Convert.ToString(mode, 8), path) { IsQuestion = true }, cancellationToken).ConfigureAwait(false);
        if (!result.Succeeded)
            throw new AppException(ErrorIds.HostFileFailed, string.Create(CultureInfo.InvariantCulture, $"The mode of {path} cannot be changed: {result.Error.Trim()}"), path);
    }

    /// <summary>Folders that are there only because of this step.</summary>
    private async Task RecordFoldersAsync(StepContext context, CancellationToken cancellationToken)
    {
        if (context.Outputs.ContainsKey(StepOutputs.Folders))
            return;
        var made = new HashSet<string>();
        foreach (var change in Changes.Where(c => c.Before is null))
        {
            for (var folder = HostPath.Parent(change.Path); folder is not null && !made.Contains(folder) && await Files.StatAsync(folder, cancellationToken).ConfigureAwait(false) is null; folder = HostPath.Parent(folder))
                made.Add(folder);
        }

        await context.RecordAsync(StepOutputs.Folders, EngineJson.Write(made.Order(StringComparer.Ordinal).ToList()), cancellationToken).ConfigureAwait(false);
    }

    /// <summary>What a write that was killed left beside its file: a container would see it.</summary>
    private async Task RemoveHalfWrittenAsync(CancellationToken cancellationToken)
    {
        foreach (var folder in Changes.GroupBy(c => HostPath.Parent(c.Path)!))
        {
            foreach (var entry in await Files.ListAsync(folder.Key, cancellationToken).ConfigureAwait(false))
            {
                if (!entry.IsFolder && folder.Any(c => Leftovers.IsOf(entry.Name, HostPath.Name(c.Path))))
                    await Files.DeleteAsync(entry.Path, cancellationToken).ConfigureAwait(false);
            }
        }
    }

    /// <summary>As git does; what containers mount stays, for they would find another folder of that name or none.</summary>
    private async Task RemoveEmptiedAsync(StepContext context, CancellationToken cancellationToken)
    {
        var emptied = Recorded<Dictionary<string, int>>(context.Outputs, StepOutputs.Emptied);
        var stay = Read<List<string>>(Input(StepInputs.Paths)).Append(_folder.Path(".")).Select(p => HostPath.Absolute(p, "/")).ToHashSet();
        foreach (var change in Changes.Where(c => c.After is null))
        {
            for (var folder = HostPath.Parent(change.Path); folder is not null && !stay.Contains(folder); folder = HostPath.Parent(folder))
            {
                var there = await Files.StatAsync(folder, cancellationToken).ConfigureAwait(false);
                if (there is null)
                    continue;
                if (!there.IsFolder || (await Files.ListAsync(folder, cancellationToken).ConfigureAwait(false)).Count > 0)
                    break;
                if (emptied.TryAdd(folder, there.Mode))
                    await context.RecordAsync(StepOutputs.Emptied, EngineJson.Write(emptied), cancellationToken).ConfigureAwait(false);
                await Files.DeleteAsync(folder, cancellationToken).ConfigureAwait(false);
            }
        }
    }

    /// <returns>What is to be written, by path.</returns>
    private async Task<IReadOnlyDictionary<string, byte[]>> ContentsAsync(StepContext context, CancellationToken cancellationToken)
    {
        var contents = new Dictionary<string, byte[]>();
        var sources = Changes.Select(c => c.Source).OfType<string>().ToList();
        var read = sources.Count > 0 && GitDigest.CommitOf(OptionalInput(StepInputs.Digest)) is { } commit && Project.Repository is { } repository
            ? await CommitContents.ReadAsync(repository, commit, sources, cancellationToken).ConfigureAwait(false)
            : new Dictionary<string, byte[]>();
        foreach (var change in Changes.Where(c => c.After is not null))
        {
            var bytes = change.Source is { } source ? read.GetValueOrDefault(source)
                : change.Keeper is { } keeper ? await context.KeptByAsync(keeper, NameOf(change.Path), cancellationToken).ConfigureAwait(false)
                : null;
            // Where the mode alone changes, nothing was kept, and nothing is written.
            if (bytes is null && !IsSame(change.Before, change.After))
                throw new AppException(ErrorIds.StateDamaged, $"The recorded copy of {change.Path} is gone.", change.Path);
            if (bytes is not null && ComposeFiles.Hash(bytes) != change.After!.Sha256)
                throw new AppException(ErrorIds.PlanStale, $"{change.Path} would become another one than when the plan was made.", change.Path);
            contents[change.Path] = bytes ?? [];
        }

        return contents;
    }
}
