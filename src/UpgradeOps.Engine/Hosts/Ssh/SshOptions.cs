using System.Globalization;

namespace UpgradeOps.Engine.Hosts.Ssh;

/// <summary>How the machine's SSH client is called.</summary>
internal sealed record SshOptions
{
    private static readonly TimeSpan Usual = TimeSpan.FromSeconds(60);

    /// <summary>The client; null to look it up.</summary>
    public string? Program { get; init; }

    /// <summary>A configuration file instead of the user's own.</summary>
    public string? ConfigurationFile { get; init; }

    /// <summary>How long a host whose connection was lost is tried again.</summary>
    public TimeSpan Patience { get; init; } = Usual;

    /// <summary>
    /// From <c>UPGRADEOPS_SSH</c> (the client's path), <c>UPGRADEOPS_SSH_CONFIG</c> (a file for <c>ssh -F</c>) and <c>UPGRADEOPS_SSH_PATIENCE</c>
    /// (seconds; what is no whole number counts for nothing).
    /// </summary>
    public static SshOptions From(Func<string, string?> variable) => new()
    {
        Program = variable("UPGRADEOPS_SSH") is { Length: > 0 } program ? program : null,
        ConfigurationFile = variable("UPGRADEOPS_SSH_CONFIG") is { Length: > 0 } file ? file : null,
        Patience = int.TryParse(variable("UPGRADEOPS_SSH_PATIENCE"), NumberStyles.None, CultureInfo.InvariantCulture, out var seconds) ? TimeSpan.FromSeconds(seconds) : Usual,
    };
}
