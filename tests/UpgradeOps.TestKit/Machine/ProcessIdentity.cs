using System.Diagnostics;

namespace UpgradeOps.TestKit;

/// <summary>A process that another process can end later without ever hitting one that got its number afterwards.</summary>
public sealed record ProcessIdentity(int Id, string StartedAt)
{
    public static ProcessIdentity Of(int id) => new(id, ReadStart(id) ?? throw new InvalidOperationException($"no process {id}"));

    [System.Text.Json.Serialization.JsonIgnore]
    public bool IsAlive => ReadStart(Id) == StartedAt;

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
            // The name in parentheses may hold spaces; the start in clock ticks is the 20th field after it.
            var stat = File.ReadAllText($"/proc/{id}/stat");
            return stat[(stat.LastIndexOf(')') + 2)..].Split(' ')[19];
        }
        catch (IOException)
        {
            return null;
        }
    }
}
