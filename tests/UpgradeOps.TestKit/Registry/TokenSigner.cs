using System.Buffers.Text;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text.Json;

namespace UpgradeOps.TestKit;

/// <summary>What a token allows on one thing.</summary>
public sealed record TokenAccess(string Type, string Name, string[] Actions);

/// <summary>Signs the JSON web tokens that a registry with <c>auth: token</c> believes.</summary>
public sealed class TokenSigner(X509Certificate2 certificate, string service)
{
    public const string Issuer = "upgradeops-testkit";

    public string Sign(string subject, IEnumerable<TokenAccess> access, TimeSpan lifetime)
    {
        var now = DateTimeOffset.UtcNow;
        var header = new { typ = "JWT", alg = "RS256", x5c = new[] { Convert.ToBase64String(certificate.RawData) } };
        var claims = new
        {
            iss = Issuer,
            sub = subject,
            aud = service,
            exp = (now + lifetime).ToUnixTimeSeconds(),
            nbf = now.AddSeconds(-10).ToUnixTimeSeconds(),
            iat = now.ToUnixTimeSeconds(),
            jti = Guid.NewGuid().ToString("N"),
            access = access.Select(a => new { type = a.Type, name = a.Name, actions = a.Actions }),
        };
        var text = $"{Part(JsonSerializer.SerializeToUtf8Bytes(header))}.{Part(JsonSerializer.SerializeToUtf8Bytes(claims))}";
        using var key = certificate.GetRSAPrivateKey()!;
        var signature = key.SignData(System.Text.Encoding.ASCII.GetBytes(text), HashAlgorithmName.SHA256, RSASignaturePadding.Pkcs1);
        return $"{text}.{Part(signature)}";
    }

    private static string Part(byte[] bytes) => Base64Url.EncodeToString(bytes);
}
