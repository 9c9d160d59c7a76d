using System.Diagnostics;
using System.Globalization;

namespace UpgradeOps.Engine.State.Folder;

/// <summary>Which process holds a lease, precisely enough that a recycled process id is not taken for it.</summary>
internal sealed record OwnerIdentity
{
    public required string Machine { get; init; }

    /// <summary>Kernel instance and process name space: process ids mean something only within both.</summary>
    public required string Realm { get; init; }

    public required string User { get; init; }

    public required int ProcessId { get; init; }

    public required string ProcessStart { get; init; }

    public static OwnerIdentity Current { get; } = new()
    {
        Machine = Environment.MachineName,
        Realm = ReadRealm(),
        User = Environment.UserName,
        ProcessId = Environment.ProcessId,
        ProcessStart = StartOf(Environment.ProcessId) ?? "",
    };

    /// <returns>Null when the process runs elsewhere and only its heartbeat can tell.</returns>
    public bool? IsAlive() => Realm == Current.Realm ? StartOf(ProcessId) == ProcessStart : null;

    private static string ReadRealm()
    {
        if (!OperatingSystem.IsLinux())
        {
            return Environment.MachineName;
        }

        var boot = File.ReadAllText("/proc/sys/kernel/random/boot_id").Trim();
        var space = new FileInfo("/proc/self/ns/pid").LinkTarget ?? "";
        return $"{boot}/{space}";
    }

    /// <summary>When a process started, in its system's own unit; null when there is none.</summary>
    private static string? StartOf(int processId)
    {
        if (OperatingSystem.IsLinux())
        {
            try
            {
                // Field 22; the second field is a name in brackets that may hold blanks and brackets itself.
                var stat = File.ReadAllText($"/proc/{processId}/stat");
                var fields = stat[(stat.LastIndexOf(')') + 2)..].Split(' ');
                return fields[0] is "Z" or "X" ? null : fields[19];
            }
            catch (IOException)
            {
                return null;
            }
        }

        try
        {
            using var process = Process.GetProcessById(processId);
            return process.StartTime.ToUniversalTime().Ticks.ToString(CultureInfo.InvariantCulture);
        }
        catch (Exception e) when (e is ArgumentException or InvalidOperationException or System.ComponentModel.Win32Exception)
        {
            return null;
        }
    }
}
