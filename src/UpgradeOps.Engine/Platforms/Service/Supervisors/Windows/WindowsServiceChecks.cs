using System.ComponentModel;
using UpgradeOps.Engine.Apps.Definition;

namespace UpgradeOps.Engine.Platforms.Service.Supervisors.Windows;

/// <summary>Whether a service can be told what an update needs, and whether it would run the new release then.</summary>
internal sealed class WindowsServiceChecks(AppDefinition definition, ServicePaths paths, IServiceManager manager, string service)
{
    public IReadOnlyList<Finding> Run(WindowsServiceLook look)
    {
        if (look.Status is not { } status)
            return [Blocker(ErrorIds.ServiceUnitMissing, $"There is no service {service} on this machine.")];
        try
        {
            manager.Claim(service);
            var configuration = manager.Configuration(service);
            return [.. Unfit(configuration), .. Unfit(look, status), .. Warnings(configuration)];
        }
        catch (Win32Exception e)
        {
            return [Blocker(ServiceFault.Id(e.NativeErrorCode, ErrorIds.ServiceManagerUnreachable), $"This user cannot look at, start and stop the service {service}: {ServiceFault.Line(e)}")];
        }
    }

    private IEnumerable<Finding> Unfit(ServiceConfiguration configuration)
    {
        if (configuration.Start == ServiceStart.Disabled)
            yield return Blocker(ErrorIds.ServiceUnitUnfit, $"The service {service} is disabled: it cannot be started.", $"sc config {service} start= auto");
        if (!configuration.IsProgram)
            yield return Blocker(ErrorIds.ServiceUnitUnfit, $"The service {service} has no process of its own: it is a driver, or shares one with other services.");
        if (ServiceBinary.Below(configuration.BinaryPath, paths.Current) is null)
        {
            yield return Blocker(
                ErrorIds.ServiceUnitUnfit,
                $"The service {service} does not run {definition.Name} by {paths.Current} (its program: {configuration.BinaryPath}): it would run the same program after an update.",
                $"Let its program go through {paths.Current}: sc config {service} binPath= …");
        }
    }

    private IEnumerable<Finding> Unfit(WindowsServiceLook look, ServiceStatus status)
    {
        if (status is { State: ServiceState.Running, AcceptsStop: false })
            yield return Blocker(ErrorIds.ServiceUnitUnfit, $"The service {service} does not let itself be stopped.");
        if (manager.RunningDependents(service) is { Count: > 0 } dependents)
            yield return Blocker(ErrorIds.ServiceUnitUnfit, $"Windows does not stop the service {service} while others run that need it: {string.Join(", ", dependents)}.", $"Stop them before the update: Stop-Service {string.Join(", ", dependents)}");
        if (look.IsUp && look.Folder() is { Length: > 0 } folder && look.Link is { } link && !IsSame(folder, link))
            yield return Blocker(ErrorIds.ServiceUnitUnfit, $"{definition.Name} runs from {folder}, but {paths.Current} leads to {link}: going back would not lead to what runs.", "Restart the service, or point the link back.");
        if (definition.Quiesce == QuiesceMode.Pause)
            yield return Blocker(ErrorIds.ServiceUnitUnfit, $"The service {service} cannot be paused from outside: what a pause means to it only its program knows.", "Use 'quiesce: stop' in the definition.");
    }

    private IEnumerable<Finding> Warnings(ServiceConfiguration configuration)
    {
        if (configuration.Start == ServiceStart.Demand)
            yield return Of(FindingSeverity.Warning, ErrorIds.ServiceUnitUnfit, $"The service {service} is started by hand only: it does not start with the machine.", $"sc config {service} start= auto");
        if (configuration.Recovery.FirstOrDefault(r => r.Kind is RecoveryKind.Reboot or RecoveryKind.Command) is { } action)
        {
            var does = action.Kind == RecoveryKind.Reboot ? "restarts the machine" : "runs a command";
            yield return Of(FindingSeverity.Warning, ErrorIds.ServiceUnitUnfit, $"Windows {does} when the service {service} ends by itself (its recovery actions): a release that does not come up does that.", "Remove it for the time of the update.");
        }

        if (configuration.Recovery.FirstOrDefault(r => r.Kind == RecoveryKind.Restart) is { } restart)
            yield return Of(FindingSeverity.Information, ErrorIds.ServiceUnitUnfit, $"Windows starts the service {service} again {restart.After.TotalSeconds:0.###} s after it ended by itself (its recovery actions). An update does not wait for that: it goes back.", "Nothing needs to be done.");
    }

    internal static bool IsSame(string folder, string other) => ServiceBinary.Normal(folder).Equals(ServiceBinary.Normal(other), StringComparison.OrdinalIgnoreCase);

    private Finding Blocker(string errorId, string message, string? action = null) => Of(FindingSeverity.Blocker, errorId, message, action);

    private Finding Of(FindingSeverity severity, string errorId, string message, string? action) => new()
    {
        Severity = severity,
        ErrorId = errorId,
        Target = service,
        Message = message,
        RecommendedAction = action ?? ServiceFault.Action(errorId, service) ?? ErrorCatalogue.Find(errorId)?.DefaultAction,
    };
}
