using System.Diagnostics;

namespace UpgradeOps.TestKit;

/// <summary>A process that another process can end later without ever hitting one that got its number afterwards.</summary>
public sealed record ProcessIdentity(int Id, string StartedAt)
{
    public static ProcessIdentity Of(int id) => new(id, ReadStart(id) ?? throw new InvalidOperationException($"no process {id}"));

    [System.Text.Json.Serialization.JsonIgnore]
    public bool IsAlive => ReadStart(Id) == StartedAt;

    /// <summary>False also of a process that is dead and waits for its parent to notice, which the first process of a machine may never do.</summary>
    public static bool Lives(int id) => ReadStart(id) is not null;

    public void End()
    {
        if (!IsAlive)
            return;
        using var process = Process.GetProcessById(Id);
        process.Kill();
        process.WaitForExit(TimeSpan.FromSeconds(10));
    }

    private static string? ReadStart(int id)
    {
        try
        {
            // The name in parentheses may hold spaces; after it come the state and, as the 20th field, the start in clock ticks.
            var stat = File.ReadAllText($"/proc/{id}/stat");
            var fields = stat[(stat.LastIndexOf(')') + 2)..].Split(' ');
            return fields[0] is "Z" or "X" ? null : fields[19];
        }
        catch (IOException)
        {
            return null;
        }
    }
}
