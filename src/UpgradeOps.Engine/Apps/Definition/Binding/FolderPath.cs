namespace UpgradeOps.Engine.Apps.Definition.Binding;

/// <summary>Paths in a definition start from the folder that it stands in, wherever it is loaded from.</summary>
internal static class FolderPath
{
    public static string Absolute(string path, string folder) =>
        path.Length == 0 ? folder : Path.TrimEndingDirectorySeparator(Path.GetFullPath(path, folder));
}
