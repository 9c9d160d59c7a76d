namespace UpgradeOps.TestKit;

/// <summary>A folder of its own that vanishes with its owner.</summary>
public sealed class TempFolder : IDisposable
{
    public TempFolder(string prefix = "upgradeops-")
        : this(new DirectoryInfo(System.IO.Path.Combine(System.IO.Path.GetTempPath(), $"{prefix}{Guid.NewGuid().ToString("N")[..10]}")))
    {
        // Lower case and no odd characters, so that Compose can take its project's name from it.
        Directory.CreateDirectory(Path, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
    }

    private TempFolder(DirectoryInfo folder) => Path = folder.FullName;

    public string Path { get; }

    public string this[string name] => System.IO.Path.Combine(Path, name);

    /// <summary>Takes over a folder that exists.</summary>
    public static TempFolder Adopt(string path) => new(new DirectoryInfo(path));

    public void Dispose()
    {
        if (Directory.Exists(Path))
            Directory.Delete(Path, recursive: true);
    }
}
