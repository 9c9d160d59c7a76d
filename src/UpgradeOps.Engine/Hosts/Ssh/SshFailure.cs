namespace UpgradeOps.Engine.Hosts.Ssh;

/// <summary>Reads from what the client said why there is no connection.</summary>
internal static class SshFailure
{
    /// <param name="said">The client's standard error.</param>
    public static AppException OfOpening(SshAddress address, int exitCode, string said)
    {
        var target = address.ToString();
        var host = address.Port is { } port ? $"[{address.Host}]:{port}" : address.Host;
        if (said.Contains("REMOTE HOST IDENTIFICATION HAS CHANGED", StringComparison.Ordinal) || said.Contains("REVOKED HOST KEY", StringComparison.Ordinal))
            return new(ErrorIds.HostKeyChanged, $"The host key of {target} is not the one that is known: it is another machine, a new installation, or somebody in between.", target, $"Ask who runs the host. Only if its key was changed on purpose: ssh-keygen -R '{host}', then log in once with ssh and compare the key's fingerprint.");
        if (said.Contains("Host key verification failed", StringComparison.Ordinal))
            return new(ErrorIds.HostKeyUnknown, $"The host key of {target} is not known to this user's SSH client.", target, $"Log in once with ssh {Words(address)}, and compare the key's fingerprint with the host's.");
        if (said.Contains("Permission denied", StringComparison.Ordinal) || said.Contains("Too many authentication failures", StringComparison.Ordinal))
            return new(ErrorIds.HostLoginRefused, $"{target} refuses the login: {Last(said)}", target, $"Let ssh -o BatchMode=yes {Words(address)} true work: a key without a passphrase, or one in the agent, that the host's authorized_keys names.");
        if (exitCode != 255)
            return new(ErrorIds.HostUnreachable, $"{target} accepts the login but offers no shell: {Last(said)}", target, $"Let ssh {Words(address)} sh -c true work: the account needs a POSIX shell, and dd, mktemp and mkfifo on its PATH.");
        return new(ErrorIds.HostUnreachable, $"{target} cannot be reached: {Last(said)}", target);
    }

    public static AppException Lost(SshAddress address, string said) => new(
        ErrorIds.HostConnectionLost,
        $"The connection to {address} was lost in the middle of a command; what became of it is not known. {(said.Trim().Length == 0 ? "" : Last(said))}".TrimEnd(),
        address.ToString());

    private static string Words(SshAddress address) =>
        $"{(address.Port is { } port ? $"-p {port} " : "")}{(address.User is { } user ? $"{user}@" : "")}{address.Host}";

    private static string Last(string said) =>
        said.Split('\n', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries).LastOrDefault() ?? "the client gives no reason.";
}
