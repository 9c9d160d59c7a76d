namespace UpgradeOps.WindowsService;

/// <summary>A file that others may read and rename while it is not written.</summary>
internal sealed class ServiceLog(string path)
{
    public void Write(string line)
    {
        Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        File.AppendAllText(path, line + Environment.NewLine);
    }
}
