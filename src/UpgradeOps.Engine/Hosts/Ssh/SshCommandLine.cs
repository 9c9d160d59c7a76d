using System.Globalization;

namespace UpgradeOps.Engine.Hosts.Ssh;

/// <summary>The client's arguments. Who we are, which keys count and which hosts lie between is the user's configuration's to say.</summary>
internal static class SshCommandLine
{
    private static readonly string[] Settings =
    [
        // Nobody is there to answer: a question about a host key or a password is a failure, and an unknown key is never taken.
        "BatchMode=yes",
        "ConnectTimeout=20",
        "ServerAliveInterval=15",
        "ServerAliveCountMax=3",
        // A shared connection would outlive ours, and Windows has none.
        "ControlMaster=no",
        "ControlPath=none",
        "ClearAllForwardings=yes",
        "PermitLocalCommand=no",
        "RemoteCommand=none",
        // A banner is no error message.
        "LogLevel=ERROR",
    ];

    /// <param name="remoteCommand">One string, which the login shell over there reads.</param>
    public static IReadOnlyList<string> Arguments(SshAddress address, SshOptions options, string remoteCommand)
    {
        List<string> arguments = options.ConfigurationFile is { } file ? ["-F", file, "-T"] : ["-T"];
        foreach (var setting in Settings)
            arguments.AddRange(["-o", setting]);
        if (address.Port is { } port)
            arguments.AddRange(["-p", port.ToString(CultureInfo.InvariantCulture)]);
        if (address.User is { } user)
            arguments.AddRange(["-l", user]);
        arguments.AddRange(["--", address.Host, remoteCommand]);
        return arguments;
    }
}
