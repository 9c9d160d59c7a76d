using UpgradeOps.Engine.Platforms.Service;

namespace UpgradeOps.Engine.Apps.Definition;

/// <summary>Names that stand for what is another one in a copy of the application: its databases, its folder for data.</summary>
internal static class Placeholders
{
    /// <summary>A text as it is meant for one application, the live one or the copy.</summary>
    public static string Fill(string text, AppDefinition application)
    {
        foreach (var (id, database) in application.Databases)
            text = text.Replace(RehearseDefinition.DatabaseOf(id), database.Database, StringComparison.Ordinal);
        if (application.Databases.Count == 1)
            text = text.Replace(RehearseDefinition.Database, application.Databases.Values.First().Database, StringComparison.Ordinal);
        return application.Platform.Service is { } service
            ? text.Replace(RehearseDefinition.Shared, new ServicePaths(service.Directory).Shared, StringComparison.Ordinal)
            : text;
    }
}
