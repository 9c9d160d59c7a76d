using UpgradeOps.Engine.Platforms.Service.Supervisors;

namespace UpgradeOps.Engine.Tests.Service.Windows.Contract;

/// <summary>A service that runs what <c>current</c> leads to, and a supervisor of it that remembers nothing from one call to the next.</summary>
internal interface IWindowsServiceRig : IAsyncDisposable
{
    /// <summary>Installs a release and points <c>current</c> to it.</summary>
    /// <param name="behaviour"><c>good</c>, <c>crash</c> (dies before it reports itself), <c>ends</c> (stops by itself, exit code 3), <c>dies</c> (runs for a moment) or <c>stubborn</c> (does not stop).</param>
    /// <returns>Its folder.</returns>
    Task<string> InstallAsync(string version, string behaviour);

    Task<ServiceProcess?> InspectAsync();

    Task<ServiceProcess> StartAsync(string folder);

    Task StopAsync();

    Task<IReadOnlyList<Finding>> CheckAsync();

    /// <summary>As its administrator does: not by us.</summary>
    Task StopByHandAsync();

    Task StartByHandAsync();
}
