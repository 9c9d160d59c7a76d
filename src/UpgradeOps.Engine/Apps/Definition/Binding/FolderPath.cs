using UpgradeOps.Engine.Apps.Definition.Reading;
using UpgradeOps.Engine.Hosts;

namespace UpgradeOps.Engine.Apps.Definition.Binding;

/// <summary>Paths in a definition start from the folder that it stands in, wherever it is loaded from; paths of another machine are whole.</summary>
/// <param name="Folder">Of the definition.</param>
/// <param name="IsRemote">The application's host is another machine.</param>
internal sealed record FolderPath(string Folder, bool IsRemote)
{
    /// <summary>A path of this machine.</summary>
    public string Here(string path) => path.Length == 0 ? Folder : Path.TrimEndingDirectorySeparator(Path.GetFullPath(path, Folder));

    /// <summary>A path of the application's host.</summary>
    public string OnHost(Section section, string key, string path)
    {
        if (!IsRemote)
            return Here(path);
        if (!HostPath.IsPosix(path))
            section.Wrong(key, $"'{path}' is a path of the SSH host, where nothing says in which folder it would start", "Write it from the root on, such as /srv/app.");
        return HostPath.Absolute(path, "/");
    }
}
