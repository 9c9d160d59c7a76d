using System.Net.Http.Headers;
using System.Text;

namespace UpgradeOps.Engine.Releases.Registry.Auth;

/// <summary>Who asks a registry. Has no text form with the secret in it.</summary>
internal sealed class RegistryCredential
{
    private RegistryCredential(string user, string secret, bool isIdentityToken, string origin)
    {
        User = user;
        Secret = secret;
        IsIdentityToken = isIdentityToken;
        Description = isIdentityToken ? $"with an identity token ({origin})" : $"as {user} ({origin})";
    }

    /// <summary>Empty with an identity token.</summary>
    public string User { get; }

    public string Secret { get; }

    /// <summary>True for a token that is exchanged at the token service instead of a password.</summary>
    public bool IsIdentityToken { get; }

    /// <summary>For messages, such as "as deploy (releases.user)".</summary>
    public string Description { get; }

    public static RegistryCredential Password(string user, string secret, string origin) => new(user, secret, false, origin);

    public static RegistryCredential IdentityToken(string token, string origin) => new("", token, true, origin);

    public AuthenticationHeaderValue ToBasic() => new("Basic", Convert.ToBase64String(Encoding.UTF8.GetBytes($"{User}:{Secret}")));

    public override string ToString() => Description;
}

/// <summary>Where the credentials for one registry come from.</summary>
internal interface ICredentialSource
{
    /// <returns>Null to ask anonymously.</returns>
    Task<RegistryCredential?> FindAsync(CancellationToken cancellationToken);

    /// <summary>What went wrong while looking, for the message of a later refusal; null when nothing did.</summary>
    string? Trouble { get; }
}
