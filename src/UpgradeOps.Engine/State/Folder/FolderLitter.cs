using UpgradeOps.Engine.Hosts.Durable;

namespace UpgradeOps.Engine.State.Folder;

/// <summary>What owners that were killed have left in a state folder.</summary>
internal static class FolderLitter
{
    /// <summary>To be called under the guard: a living owner writes under it, so what is half written then is nobody's.</summary>
    public static void Sweep(string folder)
    {
        foreach (var path in Directory.GetFiles(folder, "owner-*.lock").Where(p => !FolderGuard.IsLocked(p)))
        {
            File.Delete(path);
        }

        Leftovers.Sweep(folder);
        var operations = new DirectoryInfo(Path.Combine(folder, "operations"));
        if (operations.Exists && operations.GetDirectories().MaxBy(d => d.Name, StringComparer.Ordinal) is { } newest)
        {
            Leftovers.Sweep(newest.FullName);
            Leftovers.Sweep(Path.Combine(newest.FullName, "kept"));
        }
    }
}
