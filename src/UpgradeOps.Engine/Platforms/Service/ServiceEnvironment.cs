using UpgradeOps.Engine.Apps.Definition;
using UpgradeOps.Engine.Hosts;

namespace UpgradeOps.Engine.Platforms.Service;

internal static class ServiceEnvironment
{
    /// <summary>What a release is run with: the definition's variables, and which release it is.</summary>
    public static Dictionary<string, string> Of(ServiceDefinition service, string releaseFolder) =>
        new(service.Environment) { ["UPGRADEOPS_RELEASE"] = HostPath.Name(releaseFolder) };
}
