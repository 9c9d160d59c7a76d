using System.Diagnostics;
using UpgradeOps.Engine.Hosts.Durable;

namespace UpgradeOps.Engine.Hosts.Local;

/// <summary>A link to a folder that can be pointed elsewhere while others read through it.</summary>
internal static class FolderLink
{
    public static void Point(string path, string target)
    {
        var folder = Path.GetDirectoryName(path)!;
        Leftovers.SweepLinks(folder, Path.GetFileName(path));
        var temporary = Leftovers.NewName(path);
        if (OperatingSystem.IsWindows())
        {
            PointJunction(path, temporary, Path.GetFullPath(target, folder));
            return;
        }

        File.CreateSymbolicLink(temporary, target);
        try
        {
            Posix.Rename(temporary, path);
        }
        catch
        {
            File.Delete(temporary);
            throw;
        }
    }

    /// <summary>
    /// Windows cannot rename over a folder, and a junction (unlike a symbolic link, which needs a privilege) is one: for a moment
    /// there is none. A call that was killed in between is mended by the next one.
    /// </summary>
    private static void PointJunction(string path, string temporary, string target)
    {
        MakeJunction(temporary, target);
        // The old one goes only when the new one is there for certain: a file system without junctions is not always told.
        if (new DirectoryInfo(temporary).LinkTarget is null)
            throw new IOException($"No junction could be made: {Path.GetPathRoot(path)} is no file system that has them.");
        if (Directory.Exists(path))
            Directory.Delete(path, recursive: false);
        Directory.Move(temporary, path);
    }

    private static void MakeJunction(string path, string target)
    {
        var info = new ProcessStartInfo("cmd.exe", $"/d /c mklink /J \"{path}\" \"{target}\"")
        {
            UseShellExecute = false,
            CreateNoWindow = true,
            RedirectStandardError = true,
            RedirectStandardOutput = true,
        };
        using var process = Process.Start(info)!;
        var error = process.StandardError.ReadToEnd();
        process.WaitForExit();
        if (process.ExitCode != 0)
            throw new IOException($"No junction could be made: {error.Trim()}");
    }
}
