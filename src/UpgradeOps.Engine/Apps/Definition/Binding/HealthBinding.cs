using UpgradeOps.Engine.Apps.Definition.Reading;

namespace UpgradeOps.Engine.Apps.Definition.Binding;

/// <summary><c>health:</c></summary>
internal static class HealthBinding
{
    public static IReadOnlyList<HealthCheckDefinition> Bind(Section root) =>
    [
        .. root.Children("health", DefinitionKeys.Health).Select(section => new HealthCheckDefinition
        {
            Http = section.RequiredText("http", TextRule.Url, "Name the address to ask, such as http://127.0.0.1:8080/health."),
            From = section.Choice("from", "host", ["host", "runner", "container"]),
            Version = section.Text("version", TextRule.DottedPath),
            Status = section.Number("status", 100, 599) ?? 200,
            Timeout = section.Time("timeout", TimeSpan.FromSeconds(5), TimeSpan.FromMilliseconds(100), TimeSpan.FromMinutes(5)),
        }),
    ];
}
