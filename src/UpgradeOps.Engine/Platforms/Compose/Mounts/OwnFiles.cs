using System.Text;
using UpgradeOps.Engine.Apps.Definition.Reading;
using UpgradeOps.Engine.Apps.Definition.Yaml;
using UpgradeOps.Engine.Hosts;
using UpgradeOps.Engine.Platforms.Compose.Files;
using UpgradeOps.Engine.Platforms.Compose.Model;
using UpgradeOps.Engine.Releases.Git;

namespace UpgradeOps.Engine.Platforms.Compose.Mounts;

/// <summary>What of the folder never follows a commit because a container mounts it: compose files, files of variables and of secrets, and what is ours.</summary>
internal sealed class OwnFiles
{
    private readonly HashSet<string> _places;

    private OwnFiles(HashSet<string> places) => _places = places;

    /// <param name="composeFiles">Those that count; absolute.</param>
    /// <param name="contents">In place of what stands at these paths.</param>
    public static async Task<OwnFiles> FindAsync(
        ComposeProject project, ComposeModel target, IReadOnlyList<string> composeFiles, IReadOnlyDictionary<string, byte[]> contents, CancellationToken cancellationToken)
    {
        var folder = new MountedFolder(project);
        var own = new List<string>([.. composeFiles, .. target.Secrets, project.Files.EnvPath]);
        foreach (var file in composeFiles)
        {
            if ((contents.GetValueOrDefault(file) ?? await project.Host.Files.ReadAsync(file, cancellationToken).ConfigureAwait(false)) is { } bytes)
                own.AddRange(EnvFilesOf(Encoding.UTF8.GetString(bytes)).Select(folder.Path));
        }

        return new OwnFiles([GitRepository.OwnFolder, .. ComposeFiles.AllNames, .. own.Select(folder.Relative).OfType<string>()]);
    }

    /// <param name="path">Relative to the folder.</param>
    public bool Contains(string path) => _places.Any(p => MountedFolder.IsBelow(path, p));

    /// <summary>Compose tells the variables in them, and not where they stand. What cannot be read here, Compose has read.</summary>
    public static IEnumerable<string> EnvFilesOf(string composeFile) =>
        from service in Entries(Value(NodeReader.Read(composeFile, new Problems("")), "services"))
        from named in Value(service, "env_file") switch { ListNode list => list.Items, { } one => [one], null => [] }
        let path = named is MapNode ? Value(named, "path") : named
        where path is ScalarNode
        select ((ScalarNode)path).Text;

    private static IEnumerable<Node> Entries(Node? node) => node is MapNode map ? map.Entries.Select(e => e.Value) : [];

    private static Node? Value(Node? node, string key) => node is MapNode map ? map.Entries.FirstOrDefault(e => e.Key == key)?.Value : null;
}
