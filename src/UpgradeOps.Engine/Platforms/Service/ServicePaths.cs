namespace UpgradeOps.Engine.Platforms.Service;

/// <summary>Where the parts of a service stand below its folder.</summary>
internal sealed record ServicePaths(string Directory)
{
    /// <summary>One folder a release, named by its version; dotted names are not releases.</summary>
    public string Releases => Path.Combine(Directory, "releases");

    /// <summary>What is known about each release, beside the folders so that those stay what was published.</summary>
    public string Records => Path.Combine(Releases, ".records");

    /// <summary>A link to the release that is to run.</summary>
    public string Current => Path.Combine(Directory, "current");

    /// <summary>What outlives releases: the application's data.</summary>
    public string Shared => Path.Combine(Directory, "shared");

    public string Logs => Path.Combine(Directory, "log");

    public string Log => Path.Combine(Logs, "app.log");

    public string Run => Path.Combine(Directory, "run");

    public string PidFile => Path.Combine(Run, "app.pid");

    public string Release(string folderName) => Path.Combine(Releases, folderName);

    public string Staging(string operationId) => Path.Combine(Releases, $".staging-{operationId}");

    public string Record(string folderName) => Path.Combine(Records, folderName + ".json");
}
