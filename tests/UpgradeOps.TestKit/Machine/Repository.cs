namespace UpgradeOps.TestKit;

/// <summary>The checkout that the tests were built in.</summary>
public static class Repository
{
    public static string Root { get; } = Find();

    private static string Find()
    {
        var folder = AppContext.BaseDirectory;
        while (!File.Exists(Path.Combine(folder, "UpgradeOps.sln")))
            folder = Path.GetDirectoryName(folder) ?? throw new DirectoryNotFoundException("No UpgradeOps.sln above the tests.");
        return folder;
    }
}
