using UpgradeOps.Engine.Apps.Definition;
using UpgradeOps.Engine.Hosts;
using UpgradeOps.Engine.Platforms.Service.Supervisors.Systemd;
using UpgradeOps.Engine.Platforms.Service.Supervisors.Windows;

namespace UpgradeOps.Engine.Platforms.Service.Supervisors;

/// <summary>Which supervisor stands behind which word of the definition.</summary>
internal static class SupervisorList
{
    public static ISupervisor Open(AppDefinition definition, ServiceDefinition service, IHost host, TimeProvider time) => service.Supervisor switch
    {
        "process" when host.Address == "local" && !OperatingSystem.IsLinux() => throw new AppException(
            ErrorIds.DefinitionNotImplemented, $"{definition.Path}: the supervisor 'process' works on Linux hosts only.", definition.Path),
        "process" => new ProcessSupervisor(definition.Name, service, host, time),
        "systemd" => new SystemdSupervisor(definition, service, host, time),
        "windows-service" when host.Address != "local" || !OperatingSystem.IsWindows() => throw new AppException(
            ErrorIds.ServiceManagerUnreachable, $"{definition.Path}: {definition.Name} is a Windows service, and {(host.Address == "local" ? "this machine" : host.Address)} has none.", definition.Path,
            "Run UpgradeOps on the Windows machine that has the service."),
        "windows-service" => new WindowsServiceSupervisor(definition, service, host, new ServiceControlManager(), time),
        _ => throw new AppException(
            ErrorIds.DefinitionNotImplemented, $"{definition.Path}: there is no supervisor '{service.Supervisor}'; this version knows 'process', 'systemd' and 'windows-service'.", definition.Path),
    };
}
