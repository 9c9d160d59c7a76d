namespace UpgradeOps.TestKit;

/// <summary>Where what is expensive to make is kept between runs; UPGRADEOPS_TESTKIT_CACHE moves it.</summary>
public static class Cache
{
    public static string Folder { get; } = Directory.CreateDirectory(
        Environment.GetEnvironmentVariable("UPGRADEOPS_TESTKIT_CACHE")
        ?? Path.Combine(Path.GetTempPath(), $"upgradeops-testkit-{Environment.UserName}")).FullName;

    public static string PathOf(string name) => Path.Combine(Folder, name);

    /// <summary>Makes a file once; two processes at the same time both make it and the last one wins with equal bytes.</summary>
    public static async Task<string> FileAsync(string name, Func<string, Task> makeAsync)
    {
        var path = PathOf(name);
        if (File.Exists(path))
            return path;
        var draft = $"{path}.{Guid.NewGuid():N}";
        await makeAsync(draft);
        File.Move(draft, path, overwrite: true);
        return path;
    }
}
