using UpgradeOps.Engine.Hosts;
using UpgradeOps.Engine.Json;
using UpgradeOps.Engine.Platforms.Compose.Builds;
using UpgradeOps.Engine.Platforms.Compose.Mounts;
using UpgradeOps.Engine.Platforms.Compose.Steps;
using UpgradeOps.Engine.Releases.Git;

namespace UpgradeOps.Engine.Platforms.Compose.Planning;

/// <summary>What a plan says where images are built of a commit.</summary>
/// <param name="built">Null where they are published.</param>
internal sealed class CommitPlan(Release release, StepWords words, TargetProject? built, ComposeSnapshot snapshot)
{
    /// <summary>Files that are named, of each kind.</summary>
    private const int Shown = 4;

    private string Commit => GitDigest.CommitOf(release.Digest)?[..12] ?? "";

    /// <summary>False when going back: the images are here.</summary>
    public bool Builds => words.Built.Count > 0;

    public string Description => $"Build {string.Join(", ", words.Built)} of commit {Commit} of {release.Source}";

    public Dictionary<string, string> BuildInputs(Dictionary<string, string> inputs) => new(inputs)
    {
        [StepInputs.Version] = release.Version,
        [StepInputs.Tag] = release.Tag,
        [StepInputs.Source] = release.Source,
        [StepInputs.Digest] = release.Digest!,
        [StepInputs.CommitFiles] = EngineJson.Write(built!.Files),
    };

    public string FilesWords(IReadOnlyList<string> files) => Builds
        ? $"Put {string.Join(" and ", files)} there as commit {Commit} has {(files.Count == 1 ? "it" : "them")}{Others}"
        : $"Put back {string.Join(" and ", files)} as recorded";

    public Dictionary<string, string> FilesInputs(IReadOnlyList<string> files)
    {
        var inputs = new Dictionary<string, string> { [StepInputs.Paths] = EngineJson.Write(files) };
        if (Builds)
        {
            inputs[StepInputs.Digest] = release.Digest!;
            inputs[StepInputs.CommitFiles] = EngineJson.Write(built!.Files.Where(f => f.Taken).ToList());
        }

        return inputs;
    }

    public string MountsWords(string directory, IReadOnlyList<MountChange> mounts)
    {
        string[] parts =
        [
            Named("change", directory, mounts.Where(m => m is { Before: not null, After: not null })),
            Named("add", directory, mounts.Where(m => m.Before is null)),
            Named("remove", directory, mounts.Where(m => m.After is null)),
        ];
        return $"Of the mounted files, {string.Join("; ", parts.Where(p => p.Length > 0))}: as {(Builds ? $"in commit {Commit}" : "recorded")}";
    }

    public Dictionary<string, string> MountsInputs(IReadOnlyList<MountChange> mounts)
    {
        var mounted = snapshot.Model.Services.Values.Concat(snapshot.Live.Services.Values).SelectMany(s => s.Mounted).Distinct().Order(StringComparer.Ordinal).ToList();
        var inputs = new Dictionary<string, string> { [StepInputs.Mounts] = EngineJson.Write(mounts), [StepInputs.Paths] = EngineJson.Write(mounted) };
        if (Builds)
            inputs[StepInputs.Digest] = release.Digest!;
        return inputs;
    }

    private static string Named(string verb, string directory, IEnumerable<MountChange> mounts)
    {
        var names = mounts.Select(m => HostPath.Relative(HostPath.Absolute(directory, "/"), m.Path)).ToList();
        var more = names.Count > Shown ? $" and {names.Count - Shown} more" : "";
        return names.Count == 0 ? "" : $"{verb} {string.Join(", ", names.Take(Shown))}{more}";
    }

    /// <summary>Services that move for the files' sake alone.</summary>
    private string Others => snapshot.Moving.Select(s => s.Name).Except(words.Built).ToList() is { Count: > 0 } names ? $", with what changes of {string.Join(", ", names)}" : "";
}
