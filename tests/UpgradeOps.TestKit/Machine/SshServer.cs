using System.Globalization;

namespace UpgradeOps.TestKit;

/// <summary>
/// An SSH server of this machine's Debian package on a port of its own, with its own keys; who logs in is the user of the tests. The client gets a
/// configuration file that names its key and the known host, so that nobody's ~/.ssh is read or written.
/// </summary>
public sealed class SshServer : IAsyncDisposable
{
    private readonly TempFolder folder = new("ssh-");
    private ServerProcess? process;

    private SshServer()
    {
    }

    public int Port { get; } = FreePort.Next();

    /// <summary>As in a definition.</summary>
    public string Address => $"ssh://{Environment.UserName}@127.0.0.1:{Port}";

    /// <summary>For <c>ssh -F</c>, and for UPGRADEOPS_SSH_CONFIG.</summary>
    public string ConfigurationFile => folder["config"];

    /// <summary>What the server wrote.</summary>
    public string Log => File.Exists(folder["log"]) ? File.ReadAllText(folder["log"]) : "";

    /// <param name="settings">Lines of sshd_config, such as <c>ForceCommand internal-sftp</c>.</param>
    public static async Task<SshServer> StartAsync(params string[] settings)
    {
        var server = new SshServer();
        try
        {
            await server.MakeAsync(settings);
            await server.StartAgainAsync();
            return server;
        }
        catch
        {
            await server.DisposeAsync();
            throw;
        }
    }

    /// <summary>Another configuration file for the client, made from the first one by replacing text.</summary>
    public string ConfigurationWith(string old, string replacement)
    {
        var path = folder[$"config-{Guid.NewGuid():N}"];
        var text = File.ReadAllText(ConfigurationFile);
        if (!text.Contains(old))
            throw new ArgumentException($"The configuration has no '{old}'.", nameof(old));
        File.WriteAllText(path, text.Replace(old, replacement));
        return path;
    }

    /// <summary>A new key as <c>known_hosts</c> would name it: nobody's.</summary>
    public async Task<string> ForeignHostKeyAsync()
    {
        var file = folder[$"foreign-{Guid.NewGuid():N}"];
        await MakeKeyAsync(file);
        var path = $"{file}.known";
        await File.WriteAllTextAsync(path, $"[127.0.0.1]:{Port} {await File.ReadAllTextAsync($"{file}.pub")}");
        return path;
    }

    /// <summary>Another key that may log in, but only to run this command, whatever was asked for.</summary>
    /// <returns>The key's file.</returns>
    public async Task<string> ForcedKeyAsync(string command)
    {
        var file = folder[$"forced-{Guid.NewGuid():N}"];
        await MakeKeyAsync(file);
        await File.AppendAllTextAsync(folder["authorized_keys"], $"command=\"{command}\" {await File.ReadAllTextAsync($"{file}.pub")}");
        return file;
    }

    public string KnownHosts => folder["known_hosts"];

    public string Key => folder["client"];

    /// <summary>Processes of the connections that stand.</summary>
    public IReadOnlyList<int> Connections()
    {
        var server = File.ReadAllText(folder["pid"]).Trim();
        return File.ReadAllText($"/proc/{server}/task/{server}/children").Split(' ', StringSplitOptions.RemoveEmptyEntries)
            .Select(p => int.Parse(p, CultureInfo.InvariantCulture)).ToList();
    }

    /// <summary>Breaks every connection that stands, as a network that fails.</summary>
    /// <returns>How many there were.</returns>
    public async Task<int> CutAsync()
    {
        var connections = Connections();
        foreach (var pid in connections)
            await Command.RunAsync("kill", "-9", $"{pid}");
        return connections.Count;
    }

    /// <summary>As a machine that went off: no connection stands, and no new one is taken.</summary>
    public async Task GoAwayAsync()
    {
        var connections = Connections();
        await process!.DisposeAsync();
        process = null;
        foreach (var pid in connections)
            await Command.RunAsync("kill", "-9", $"{pid}");
    }

    public async Task StartAgainAsync()
    {
        // -D: its guard ends the listening process; -e: the log goes to its file.
        process = ServerProcess.Start(folder["log"], detached: false, ProgramPath.Get("sshd"), "-D", "-e", "-f", folder["sshd_config"]);
        await Until.TrueAsync(
            async () => (await Command.RunAsync("ssh", "-F", ConfigurationFile, "-o", "BatchMode=yes", "-p", $"{Port}", "127.0.0.1", "true")).Expect("ssh") is not null,
            TimeSpan.FromSeconds(60), $"SSH server in {folder.Path}");
    }

    public async ValueTask DisposeAsync()
    {
        if (process is not null)
        {
            await CutAsync();
            await process.DisposeAsync();
        }

        folder.Dispose();
    }

    private static async Task MakeKeyAsync(string path) => await Command.OutputAsync("ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-C", "upgradeops-test", "-f", path);

    private async Task MakeAsync(string[] settings)
    {
        if (Environment.IsPrivilegedProcess)
            // Where root's server puts its unprivileged half.
            Directory.CreateDirectory("/run/sshd", UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute | UnixFileMode.GroupRead | UnixFileMode.GroupExecute | UnixFileMode.OtherRead | UnixFileMode.OtherExecute);
        await MakeKeyAsync(folder["host"]);
        await MakeKeyAsync(Key);
        File.Copy($"{Key}.pub", folder["authorized_keys"]);
        await File.WriteAllTextAsync(KnownHosts, $"[127.0.0.1]:{Port} {await File.ReadAllTextAsync(folder["host.pub"])}");
        await File.WriteAllTextAsync(folder["sshd_config"], $"""
            Port {Port}
            ListenAddress 127.0.0.1
            HostKey {folder["host"]}
            PidFile {folder["pid"]}
            AuthorizedKeysFile {folder["authorized_keys"]}
            StrictModes no
            UsePAM no
            PasswordAuthentication no
            KbdInteractiveAuthentication no
            PermitRootLogin prohibit-password
            MaxStartups 100
            MaxSessions 100
            Subsystem sftp internal-sftp
            {string.Join('\n', settings)}

            """);
        await File.WriteAllTextAsync(ConfigurationFile, $"""
            Host upgradeops-test-alias
                HostName 127.0.0.1
                Port {Port}
                User {Environment.UserName}
            Host *
                IdentityFile {Key}
                IdentitiesOnly yes
                IdentityAgent none
                UserKnownHostsFile {KnownHosts}
                GlobalKnownHostsFile /dev/null

            """);
    }
}
