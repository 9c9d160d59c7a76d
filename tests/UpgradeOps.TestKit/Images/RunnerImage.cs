namespace UpgradeOps.TestKit;

/// <summary>A machine of its own for a runner: its own processes, network and name, and this machine's programs, mounted.</summary>
public static class RunnerImage
{
    private static readonly Lazy<Task<Image>> Built = new(BuildAsync);

    public static Task<Image> GetAsync() => Built.Value;

    private static async Task<Image> BuildAsync()
    {
        var root = await BusyBox.RootAsync();
        root.Folder("/usr", 0b111_101_101).Link("/lib", "usr/lib").Link("/lib64", "usr/lib64").Folder("/var/lib", 0b111_101_101);
        return new Image([await root.BuildAsync("runner")], new ImageSettings
        {
            Entrypoint = ["sh", "-c", "trap 'exit 0' TERM; while :; do sleep 1; done"],
            User = "root",
            Environment = ["HOME=/tmp", "LANG=C.UTF-8"],
        });
    }
}
