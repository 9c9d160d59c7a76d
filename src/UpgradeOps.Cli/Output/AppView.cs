using Spectre.Console.Rendering;

namespace UpgradeOps.Cli.Output;

internal static class AppView
{
    public static IRenderable Of(App app) => Of([app]);

    public static IRenderable Of(IReadOnlyList<App> apps) => TableView.Of(
        apps,
        "No application is registered.",
        ("Name", a => a.Name),
        ("Platform", a => a.Platform),
        ("Host", a => a.Host),
        ("Channel", a => a.Channel),
        ("Strategy", a => a.Strategy),
        ("Definition", a => a.Path));
}
