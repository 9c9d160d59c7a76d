namespace UpgradeOps.TestKit;

/// <summary>A shell and the <c>sqlite3</c> tool: an application that works with a database file. It runs as another user than root.</summary>
public static class SqliteImage
{
    public const int User = 998;

    private static readonly Lazy<Task<Image>> Built = new(BuildAsync);

    public static Task<Image> GetAsync() => Built.Value;

    private static async Task<Image> BuildAsync()
    {
        var root = await BusyBox.RootAsync(("app", User));
        await root.ProgramsAsync([ProgramPath.Get("sqlite3")]);
        return new Image([await root.BuildAsync("sqlite")], new ImageSettings { User = "app" });
    }
}
