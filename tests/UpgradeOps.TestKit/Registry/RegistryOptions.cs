using System.Text;

namespace UpgradeOps.TestKit;

public enum RegistryAuth
{
    Anonymous,
    Basic,

    /// <summary>Bearer tokens from a service of its own; always over TLS.</summary>
    Bearer,
}

/// <summary>How a test's registry is to be reached.</summary>
public sealed record RegistryOptions
{
    public static readonly RegistryOptions Open = new();

    public RegistryAuth Auth { get; init; } = RegistryAuth.Anonymous;

    public bool Tls { get; init; }

    public string User { get; init; } = "deploy";

    public string Password { get; init; } = "p@ss:wörd";

    /// <summary>With <see cref="RegistryAuth.Bearer"/>: whether reading needs no credentials, as on public registries.</summary>
    public bool AnonymousPull { get; init; }

    /// <summary>Whether the registry outlives this process and is ended by its id.</summary>
    public bool Detached { get; init; }

    internal string BasicCredentials => Convert.ToBase64String(Encoding.UTF8.GetBytes($"{User}:{Password}"));

    internal bool IsSecure => Tls || Auth == RegistryAuth.Bearer;
}
