namespace UpgradeOps.Engine.Hosts.Ssh;

/// <summary>How the machine's SSH client is called.</summary>
internal sealed record SshOptions
{
    /// <summary>The client; null to look it up.</summary>
    public string? Program { get; init; }

    /// <summary>A configuration file instead of the user's own.</summary>
    public string? ConfigurationFile { get; init; }

    /// <summary>How long a host whose connection was lost is tried again.</summary>
    public TimeSpan Patience { get; init; } = TimeSpan.FromSeconds(60);

    /// <summary>From <c>UPGRADEOPS_SSH</c> (the client's path) and <c>UPGRADEOPS_SSH_CONFIG</c> (a file for <c>ssh -F</c>).</summary>
    public static SshOptions From(Func<string, string?> variable) => new()
    {
        Program = variable("UPGRADEOPS_SSH") is { Length: > 0 } program ? program : null,
        ConfigurationFile = variable("UPGRADEOPS_SSH_CONFIG") is { Length: > 0 } file ? file : null,
    };
}
