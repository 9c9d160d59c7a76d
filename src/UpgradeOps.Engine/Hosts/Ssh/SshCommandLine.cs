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
    public static IReadOnlyList<string> Arguments(SshAddress address, SshOptions options, string remoteCommand) =>
        [.. Common(address, options, ["-T"]), "--", address.Host, remoteCommand];

    /// <summary>For one connection from the host to an address that it knows, over standard input and output.</summary>
    public static IReadOnlyList<string> Forward(SshAddress address, SshOptions options, string host, int port) =>
        // Why it could not be made is told at this level only; the first value that is given counts.
        [.. Common(address, options, ["-o", "LogLevel=INFO", "-W", string.Create(CultureInfo.InvariantCulture, $"{(host.Contains(':') && !host.StartsWith('[') ? $"[{host}]" : host)}:{port}")]), "--", address.Host];

    private static List<string> Common(SshAddress address, SshOptions options, string[] first)
    {
        List<string> arguments = options.ConfigurationFile is { } file ? ["-F", file, .. first] : [.. first];
        foreach (var setting in Settings)
            arguments.AddRange(["-o", setting]);
        if (address.Port is { } port)
            arguments.AddRange(["-p", port.ToString(CultureInfo.InvariantCulture)]);
        if (address.User is { } user)
            arguments.AddRange(["-l", user]);
        return arguments;
    }
}
