using UpgradeOps.Engine.Hosts;

namespace UpgradeOps.Engine.Platforms.Service;

/// <summary>Where the parts of a service stand below its folder.</summary>
internal sealed record ServicePaths(string Directory)
{
    /// <summary>One folder a release, named by its version; dotted names are not releases.</summary>
    public string Releases => HostPath.Join(Directory, "releases");

    /// <summary>What is known about each release, beside the folders so that those stay what was published.</summary>
    public string Records => HostPath.Join(Releases, ".records");

    /// <summary>A link to the release that is to run.</summary>
    public string Current => HostPath.Join(Directory, "current");

    /// <summary>What outlives releases: the application's data.</summary>
    public string Shared => HostPath.Join(Directory, "shared");

    public string Logs => HostPath.Join(Directory, "log");

    public string Log => HostPath.Join(Logs, "app.log");

    /// <summary>What a build wrote, by the name of its release folder.</summary>
    public string BuildLog(string folderName) => HostPath.Join(Logs, $"build-{folderName}.log");

    /// <summary>What releases are made of, where they come from git.</summary>
    public string Source => HostPath.Join(Directory, "source");

    public string SourceLock => HostPath.Join(Source, "lock");

    /// <summary>Where commits are built; kept, for the caches of the build tools.</summary>
    public string Tree => HostPath.Join(Source, "tree");

    /// <summary>One folder an operation that builds, with one for each step.</summary>
    public string Builds => HostPath.Join(Source, "build");

    public string Run => HostPath.Join(Directory, "run");

    public string PidFile => HostPath.Join(Run, "app.pid");

    /// <summary>What is known about the last start that we asked a service manager for.</summary>
    public string StartRecord => HostPath.Join(Run, "start.json");

    /// <summary>Where a command that is run once leaves what it wrote and how it ended.</summary>
    public string Job(string name) => HostPath.Join(Run, name);

    public string Release(string folderName) => HostPath.Join(Releases, folderName);

    public string Staging(string operationId) => HostPath.Join(Releases, $".staging-{operationId}");

    public string Record(string folderName) => HostPath.Join(Records, folderName + ".json");
}
