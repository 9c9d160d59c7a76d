using System.Collections.Concurrent;

namespace UpgradeOps.TestKit;

/// <summary>
/// Tells whether a part is on this machine. A missing one skips the test, unless UPGRADEOPS_REQUIRE names it
/// (a list such as <c>docker,registry</c>): then it is a failure, so that a broken rig never looks like a green run.
/// </summary>
public static class Require
{
    private static readonly ConcurrentDictionary<Part, Lazy<string?>> Known = new();

    /// <summary>The reason to skip, or null when everything is there.</summary>
    public static string? Missing(params Part[] parts)
    {
        foreach (var part in parts)
        {
            var reason = Known.GetOrAdd(part, p => new Lazy<string?>(() => Look(p))).Value;
            if (reason is null)
                continue;
            return IsDemanded(part) ? throw new InvalidOperationException($"UPGRADEOPS_REQUIRE names {part}, but {reason}") : reason;
        }
        return null;
    }

    public static bool Has(Part part) => Missing(part) is null;

    private static bool IsDemanded(Part part) =>
        (Environment.GetEnvironmentVariable("UPGRADEOPS_REQUIRE") ?? "")
            .Split(',', StringSplitOptions.TrimEntries)
            .Contains(part.ToString(), StringComparer.OrdinalIgnoreCase);

    private static string? Look(Part part) => part switch
    {
        Part.Docker => Answers("docker", "version", "--format", "{{.Server.Version}}"),
        Part.Compose => Answers("docker", "compose", "version"),
        Part.Registry => Find("docker-registry") ?? Find("htpasswd"),
        Part.Postgres => Directory.Exists("/usr/lib/postgresql") ? Find("psql") : "no PostgreSQL server is installed",
        Part.MariaDb => Find("mariadbd") ?? Find("mariadb-install-db") ?? Find("mariadb"),
        Part.Compiler => Find("gcc"),
        Part.Pwsh => Find("pwsh"),
        Part.OpenSsl => Find("openssl"),
        Part.Zstd => Find("zstd"),
        Part.Sqlite => Find("sqlite3"),
        Part.LevelDb => Answers("/usr/bin/python3", "-c", "import plyvel"),
        Part.S3 => File.Exists(S3Server.Program) ? null : $"moto is not installed: {S3Server.Program} is not there (.ci/install unpacks it)",
        Part.Ssh => Find("sshd") ?? Find("ssh") ?? Find("ssh-keygen"),
        Part.Git => Find("git"),
        Part.GnuPG => Find("gpg") ?? Find("gpgconf"),
        Part.Systemd => Answers("docker", "version", "--format", "{{.Server.Version}}") ?? SystemdMachine.Missing(),
        Part.Wine => WineMachine.Missing(),
        Part.Mount => WhyNoMount(),
        Part.Dockerd => Environment.IsPrivilegedProcess ? Find("dockerd") : "only root can start a Docker Engine",
        _ => throw new ArgumentOutOfRangeException(nameof(part)),
    };

    private static string? Answers(string program, params string[] arguments)
    {
        if (Find(program) is { } reason)
            return reason;
        var result = Command.RunAsync(program, arguments).GetAwaiter().GetResult();
        return result.ExitCode == 0 ? null : $"`{program} {string.Join(' ', arguments)}` failed: {result.Error.Trim()}";
    }

    private static string? WhyNoMount()
    {
        using var folder = new TempFolder("mount-");
        var result = Command.RunAsync("mount", "-t", "tmpfs", "-o", "size=1m", "upgradeops-test", folder.Path).GetAwaiter().GetResult();
        if (result.ExitCode == 0)
            Command.RunAsync("umount", folder.Path).GetAwaiter().GetResult();
        return result.ExitCode == 0 ? null : $"no file system can be mounted: {result.Error.Trim()}";
    }

    private static string? Find(string program) =>
        ProgramPath.Find(program) is null ? $"{program} is not installed" : null;
}
