using UpgradeOps.Engine.Hosts.Durable;

namespace UpgradeOps.Engine.Platforms.Service.Assets;

/// <summary>
/// The file that an operation downloads into. It is on the machine that downloads: on the application's own beside its releases, under a name that is none, else in a folder of
/// this user's. One operation at a time holds the application, so any other's file was left.
/// </summary>
internal sealed class DownloadPlace(ServicePaths paths, AssetSource source, string operationId)
{
    private const string Suffix = ".asset";

    private string Folder => source.Downloads ?? paths.Releases;

    public string File => Path.Combine(Folder, $".staging-{operationId}{Suffix}");

    /// <summary>Makes the folder, and removes what killed operations left.</summary>
    public void Prepare()
    {
        DurableFolder.Create(Folder, source.Downloads is null ? DurableFolder.Private | OpenToRead : DurableFolder.Private);
        foreach (var left in Directory.EnumerateFiles(Folder, $".staging-*{Suffix}").Where(f => f != File))
            System.IO.File.Delete(left);
    }

    public void Remove()
    {
        if (Directory.Exists(Folder))
            DurableFile.Delete(File);
    }

    private const UnixFileMode OpenToRead = UnixFileMode.GroupRead | UnixFileMode.GroupExecute | UnixFileMode.OtherRead | UnixFileMode.OtherExecute;
}
