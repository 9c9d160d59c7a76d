using System.Diagnostics;
using System.Globalization;

namespace UpgradeOps.Engine.State;

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

    /// <summary>It runs under this very kernel, perhaps in another container: what the kernel says about locks is true for it.</summary>
    public bool RunsUnderThisKernel() => Kernel(Realm) == Kernel(Current.Realm);

    public bool IsThisProcess() => this == Current;

    private static string Kernel(string realm) => realm.Split('/')[0];

    private static string ReadRealm()
    {
        const string boot = "/proc/sys/kernel/random/boot_id";
        if (!OperatingSystem.IsLinux() || !File.Exists(boot))
        {
            return Environment.MachineName;
        }

        var space = new FileInfo("/proc/self/ns/pid").LinkTarget ?? "";
        return $"{File.ReadAllText(boot).Trim()}/{space}";
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
