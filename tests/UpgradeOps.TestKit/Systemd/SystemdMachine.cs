namespace UpgradeOps.TestKit;

/// <summary>
/// A machine with a real systemd and journal, in a container with namespaces of its own, reached over SSH. Its programs are this machine's Debian packages,
/// mounted; one folder is shared and stands at the same place on both.
/// </summary>
public sealed class SystemdMachine : IAsyncDisposable
{
    /// <summary>Ports that its kernel gives to whoever wants any: others than most machines' kernels do.</summary>
    public const int FirstPort = 20000;

    public const int LastPort = 22999;

    private const string Units = "/run/systemd/system";

    private readonly TempFolder folder = new("systemd-");
    private Leftover? leftover;
    private string id = "";

    private SystemdMachine()
    {
    }

    public int Port { get; } = FreePort.Next();

    /// <summary>As in a definition; root there.</summary>
    public string Address => AddressOf("root");

    /// <summary>For <c>ssh -F</c>, and for UPGRADEOPS_SSH_CONFIG.</summary>
    public string ConfigurationFile => folder["config"];

    /// <summary>Folders for services, at the same place on both machines.</summary>
    public string Folder => folder["shared"];

    /// <summary>Why there can be none here; null when nothing is missing.</summary>
    public static string? Missing()
    {
        string[] needed = ["/usr/lib/systemd/systemd", "/usr/bin/systemctl", "/usr/bin/journalctl", "/usr/bin/dbus-daemon", "/usr/lib/polkit-1/polkitd", "/usr/sbin/sshd", "/usr/bin/busybox"];
        return needed.FirstOrDefault(f => !File.Exists(f)) is { } file ? $"{file} is not there" : null;
    }

    public static async Task<SystemdMachine> StartAsync()
    {
        var machine = new SystemdMachine();
        try
        {
            await machine.MakeAsync();
            return machine;
        }
        catch
        {
            await machine.DisposeAsync();
            throw;
        }
    }

    /// <summary>The same machine for another of its users, such as <c>ops</c>.</summary>
    public string AddressOf(string user) => $"ssh://{user}@127.0.0.1:{Port}";

    /// <summary>As a person writes one there.</summary>
    public async Task WriteUnitAsync(string name, string text)
    {
        (await new Command("docker", "exec", "-i", id, "sh", "-c", "mkdir -p \"${1%/*}\" && cat >\"$1\"", "sh", $"{Units}/{name}") { Input = text + "\n" }.RunAsync()).Expect(name);
        await SystemctlAsync("daemon-reload");
    }

    public Task<string> SystemctlAsync(params string[] arguments) => RunAsync(["systemctl", "--no-pager", .. arguments]);

    /// <summary>Runs a command there as root, which must succeed.</summary>
    public Task<string> RunAsync(params string[] command) => Command.OutputAsync("docker", ["exec", id, .. command]);

    public async ValueTask DisposeAsync()
    {
        if (id.Length > 0)
        {
            // What root wrote there, the user of the tests need not be able to remove.
            await Command.RunAsync("docker", "exec", id, "sh", "-c", "rm -rf -- \"$1\"/*", "sh", Folder);
            await Command.RunAsync("docker", "rm", "--force", "--volumes", id);
        }

        folder.Dispose();
        leftover?.Forget();
    }

    private async Task MakeAsync()
    {
        var project = Path.GetFileName(folder.Path);
        leftover = await Leftover.NoteAsync(folder.Path, project);
        Directory.CreateDirectory(folder["ssh"]);
        Directory.CreateDirectory(Folder);
        foreach (var open in new[] { folder["ssh"], Folder })
            File.SetUnixFileMode(open, (UnixFileMode)0b111_101_101);
        await WriteKeysAsync();

        var image = await LocalImage.LoadAsync("systemd", await SystemdImage.GetAsync());
        id = (await Command.OutputAsync(
            "docker", "run", "--detach", "--label", $"com.docker.compose.project={project}", "--cgroupns", "private", "--cap-add", "ALL", "--cap-drop", "SYS_RESOURCE",
            "--sysctl", $"net.ipv4.ip_local_port_range={FirstPort} {LastPort}",
            "--security-opt", "seccomp=unconfined", "--security-opt", "apparmor=unconfined", "--stop-signal", "SIGRTMIN+3", "--tmpfs", "/run", "--tmpfs", "/run/lock", "--tmpfs", "/tmp",
            "--publish", $"127.0.0.1:{Port}:22", "--volume", "/usr:/usr:ro", "--volume", $"{folder["ssh"]}:{SystemdImage.Settings}:ro", "--volume", $"{Folder}:{Folder}", image)).Trim();
        await Until.TrueAsync(
            async () => (await Command.RunAsync("ssh", "-F", ConfigurationFile, "-o", "BatchMode=yes", "-p", $"{Port}", "root@127.0.0.1", "systemctl is-active ready.target")).Expect("ssh") is not null,
            TimeSpan.FromSeconds(60), $"systemd in container {id}");
    }

    private async Task WriteKeysAsync()
    {
        foreach (var key in new[] { "host", "client" })
            await Command.OutputAsync("ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-C", "upgradeops-test", "-f", folder[key]);
        File.Copy(folder["host"], folder["ssh/host"]);
        File.SetUnixFileMode(folder["ssh/host"], UnixFileMode.UserRead);
        File.Copy(folder["client.pub"], folder["ssh/authorized_keys"]);
        File.SetUnixFileMode(folder["ssh/authorized_keys"], (UnixFileMode)0b110_100_100);
        await File.WriteAllTextAsync(folder["known_hosts"], $"[127.0.0.1]:{Port} {await File.ReadAllTextAsync(folder["host.pub"])}");
        await File.WriteAllTextAsync(folder["ssh/sshd_config"], $"""
            Port 22
            HostKey {SystemdImage.Settings}/host
            PidFile none
            AuthorizedKeysFile {SystemdImage.Settings}/authorized_keys
            StrictModes no
            UsePAM no
            UseDNS no
            PasswordAuthentication no
            KbdInteractiveAuthentication no
            PermitRootLogin prohibit-password
            MaxStartups 100
            MaxSessions 100

            """);
        await File.WriteAllTextAsync(ConfigurationFile, $"""
            Host *
                IdentityFile {folder["client"]}
                IdentitiesOnly yes
                IdentityAgent none
                UserKnownHostsFile {folder["known_hosts"]}
                GlobalKnownHostsFile /dev/null

            """);
    }
}
