namespace UpgradeOps.Engine.Hosts.Ssh;

/// <summary>Finds OpenSSH's client on any system.</summary>
internal static class SshProgram
{
    /// <summary>What to start: a name that is looked up on the PATH, or on Windows the path of the client that comes with it.</summary>
    /// <param name="find">Looks a command up on the PATH.</param>
    public static string Choose(SshOptions options, bool windows, Func<string, string?> find, Func<string, bool> fileExists, Func<string, string?> variable)
    {
        if (options.Program is { } given)
            return given;
        if (!windows || find("ssh") is not null || variable("SystemRoot") is not { } root)
            return "ssh";
        // The optional feature does not always put itself on the PATH, and a 32-bit process sees another System32.
        string[] known = [$@"{root}\System32\OpenSSH\ssh.exe", $@"{root}\Sysnative\OpenSSH\ssh.exe", $@"{variable("ProgramFiles")}\OpenSSH\ssh.exe"];
        return known.FirstOrDefault(fileExists) ?? "ssh";
    }
}
