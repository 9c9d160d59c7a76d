namespace UpgradeOps.TestKit;

/// <summary>
/// What a machine with systemd needs beside this machine's own programs, which are mounted: users, a target that is up within a moment, and an SSH server.
/// </summary>
public static class SystemdImage
{
    /// <summary>Where the keys and the configuration of its SSH server stand.</summary>
    public const string Settings = "/etc/upgradeops";

    /// <summary>The id of the user <c>ops</c>, who may do nothing in particular and has a systemd of its own.</summary>
    public const int Ops = 1000;

    private const string Users = """
        root:x:0:0:root:/root:/bin/sh
        messagebus:x:100:100::/nonexistent:/bin/false
        sshd:x:101:65534::/run/sshd:/bin/false
        systemd-network:x:102:102::/:/bin/false
        polkitd:x:105:105::/:/bin/false
        ops:x:1000:1000::/tmp:/bin/sh
        nobody:x:65534:65534::/:/bin/false

        """;

    private const string Groups = """
        root:x:0:
        adm:x:4:
        tty:x:5:
        disk:x:6:
        lp:x:7:
        kmem:x:15:
        dialout:x:20:
        cdrom:x:24:
        floppy:x:25:
        tape:x:26:
        audio:x:29:
        shadow:x:42:
        utmp:x:43:
        video:x:44:
        messagebus:x:100:
        systemd-network:x:102:
        systemd-journal:x:103:
        input:x:104:
        sgx:x:105:
        kvm:x:106:
        render:x:107:
        polkitd:x:105:
        ops:x:1000:
        nogroup:x:65534:

        """;

    /// <summary>The cgroup namespace is its own, so this shows nothing but its own part of the tree, and that can be written to.</summary>
    private const string Init = """
        #!/bin/sh
        mount -t cgroup2 cgroup2 /sys/fs/cgroup || exit 70
        exec /usr/lib/systemd/systemd --unit=ready.target
        """;

    private const string Ready = """
        [Unit]
        Requires=dbus.service systemd-journald.service ssh-of-tests.service user@1000.service
        After=dbus.service systemd-journald.service ssh-of-tests.service user@1000.service
        """;

    private const string Ssh = $"""
        [Service]
        RuntimeDirectory=sshd
        ExecStart=/usr/sbin/sshd -D -e -f {Settings}/sshd_config
        KillMode=process
        """;

    /// <summary>As logind would start it, without logind.</summary>
    private const string Manager = """
        [Service]
        User=1000
        Slice=user-1000.slice
        Type=notify
        Delegate=yes
        RuntimeDirectory=user/1000
        Environment=XDG_RUNTIME_DIR=/run/user/1000 HOME=/tmp
        ExecStart=/usr/lib/systemd/systemd --user
        """;

    /// <summary>What the user <c>ops</c> may do: start and stop units whose name begins with "open".</summary>
    private const string Rights = """
        polkit.addRule(function (action, subject) {
            if (action.id == "org.freedesktop.systemd1.manage-units" && subject.user == "ops" && String(action.lookup("unit")).indexOf("open") == 0)
                return polkit.Result.YES;
        });

        """;

    /// <summary>What belongs to a real machine and takes time.</summary>
    private static readonly string[] Masked =
        ["systemd-update-utmp", "systemd-remount-fs", "systemd-tmpfiles-setup-dev", "systemd-sysusers", "systemd-udevd", "systemd-udev-trigger", "systemd-logind"];

    private static readonly Lazy<Task<Image>> Built = new(BuildAsync);

    public static Task<Image> GetAsync() => Built.Value;

    private static async Task<Image> BuildAsync()
    {
        var root = new LayerBuilder()
            .Folder("/usr").Folder("/root", 0b111_000_000).Folder("/var/log").Folder("/var/lib").Folder("/proc").Folder("/sys").Folder("/dev").Folder("/srv")
            .Folder("/tmp", 0b1_111_111_111).Folder("/run").Folder(Settings)
            .Link("/bin", "usr/bin").Link("/sbin", "usr/sbin").Link("/lib", "usr/lib").Link("/lib64", "usr/lib64").Link("/var/run", "/run")
            .File("/etc/passwd", Users).File("/etc/group", Groups).File("/etc/machine-id", "")
            .Folder("/var/log/journal").Folder("/var/lib/polkit-1", 0b111_000_000, 105).File("/etc/polkit-1/rules.d/10-ops.rules", Rights)
            .File("/etc/init", Init, 0b111_101_101)
            .File("/etc/systemd/system/ready.target", Ready)
            .File("/etc/systemd/system/ssh-of-tests.service", Ssh)
            .File("/etc/systemd/system/user@1000.service", Manager);
        foreach (var unit in Masked)
            root.Link($"/etc/systemd/system/{unit}.service", "/dev/null");
        return new Image([await root.BuildAsync("systemd")], new ImageSettings
        {
            Entrypoint = ["/etc/init"],
            User = "root",
            Environment = ["container=docker", "LANG=C.UTF-8"],
            StopSignal = "SIGRTMIN+3",
        });
    }
}
