using UpgradeOps.Engine.Apps.Definition;
using UpgradeOps.Engine.Hosts;
using UpgradeOps.Engine.Platforms.Service.Supervisors.Systemd;

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
        _ => throw new AppException(
            ErrorIds.DefinitionNotImplemented, $"{definition.Path}: there is no supervisor '{service.Supervisor}'; this version knows 'process' and 'systemd'.", definition.Path),
    };
}
