using UpgradeOps.Engine.Hosts;
using UpgradeOps.Engine.Releases.Git;

namespace UpgradeOps.Engine.Platforms.Compose.Builds;

/// <summary>Where what belongs to builds stands, in a folder of ours beside the compose file. Private; git and Compose do not look there.</summary>
/// <param name="Directory">Of the compose file.</param>
internal sealed record BuildPaths(string Directory)
{
    public string Root => HostPath.Join(Directory, GitRepository.OwnFolder);

    /// <summary>Where commits are checked out.</summary>
    public string Tree => HostPath.Join(Root, "tree");

    /// <summary>One folder an operation that builds.</summary>
    public string Builds => HostPath.Join(Root, "build");

    /// <summary>Compose files of a commit while they are looked at; one folder a look.</summary>
    public string Looks => HostPath.Join(Root, "look");

    public string Build(string operationId) => HostPath.Join(Builds, operationId);

    public string Logs => HostPath.Join(Root, "log");

    public string Log(string version) => HostPath.Join(Logs, $"build-{version}.log");
}
