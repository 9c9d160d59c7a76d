using System.ComponentModel;

namespace UpgradeOps.Engine.Platforms.Service.Supervisors.Windows;

/// <summary>What Windows means when it refuses.</summary>
internal static class ServiceFault
{
    public const int AccessDenied = 5;
    public const int DependentsRunning = 1051;
    public const int InvalidControl = 1052;
    public const int RequestTimedOut = 1053;
    public const int AlreadyRunning = 1056;
    public const int Disabled = 1058;
    public const int NoSuchService = 1060;
    public const int CannotAcceptControl = 1061;
    public const int NotActive = 1062;
    public const int ShuttingDown = 1115;
    public const int ServerUnavailable = 1722;

    /// <param name="otherwise">For what is none of the known ones.</param>
    public static string Id(int code, string otherwise) => code switch
    {
        AccessDenied => ErrorIds.ServiceForbidden,
        NoSuchService => ErrorIds.ServiceUnitMissing,
        Disabled or DependentsRunning => ErrorIds.ServiceUnitUnfit,
        ShuttingDown or ServerUnavailable => ErrorIds.ServiceManagerUnreachable,
        _ => otherwise,
    };

    /// <returns>Null where the catalogue's advice fits Windows too.</returns>
    public static string? Action(string errorId, string service) => errorId switch
    {
        ErrorIds.ServiceForbidden => $"Run as an administrator, or let this user query, start and stop the service (sc sdset {service} …).",
        ErrorIds.ServiceUnitMissing => "Create the service (sc create, New-Service), or correct platform.service.name in the definition; Get-Service lists what is there.",
        ErrorIds.ServiceUnitUnfit => "Change the service as the message says; docs/platform-service.md tells what a service must be like.",
        ErrorIds.ServiceManagerUnreachable => "Let Get-Service work for this user on this machine, then run the same command again.",
        _ => null,
    };

    /// <summary>In one line, with Windows' own number, by which it can be looked up.</summary>
    public static string Line(Win32Exception fault) => $"{fault.Message.ReplaceLineEndings(" ").Trim()} (Windows error {fault.NativeErrorCode})";
}
