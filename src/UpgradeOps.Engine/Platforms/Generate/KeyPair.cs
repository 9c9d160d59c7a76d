using System.Security.Cryptography;
using System.Text;
using UpgradeOps.Engine.Apps.Definition;

namespace UpgradeOps.Engine.Platforms.Generate;

/// <summary>Key pairs in PEM, as <c>openssl genpkey</c> and <c>openssl pkey -pubout</c> write them.</summary>
internal static class KeyPair
{
    private const string PrivateLabel = "PRIVATE KEY";
    private const string PublicLabel = "PUBLIC KEY";

    /// <param name="kind">One of <see cref="GenerateDefinition.Keys"/>.</param>
    /// <returns>The private key: PKCS #8 in PEM.</returns>
    public static string NewPrivate(string kind)
    {
        if (kind == GenerateDefinition.Ed25519)
            return Pem(PrivateLabel, Ed25519.PrivateKey(Ed25519.NewSeed()));
        using var key = New(kind);
        return Pem(PrivateLabel, key.ExportPkcs8PrivateKey());
    }

    /// <returns>The public key that belongs to a private one: SubjectPublicKeyInfo in PEM; null when that is no unencrypted key of this kind.</returns>
    public static string? PublicOf(string kind, string privatePem)
    {
        try
        {
            var found = PemEncoding.Find(privatePem);
            if (!privatePem[found.Label].EndsWith(PrivateLabel, StringComparison.Ordinal))
                return null;
            if (kind == GenerateDefinition.Ed25519)
            {
                var seed = privatePem[found.Label] == PrivateLabel ? Ed25519.SeedOf(Convert.FromBase64String(privatePem[found.Base64Data])) : null;
                return seed is null ? null : Pem(PublicLabel, Ed25519.PublicKey(seed));
            }

            using var key = IsRsa(kind) ? RSA.Create() : (AsymmetricAlgorithm)ECDsa.Create();
            key.ImportFromPem(privatePem);
            return Pem(PublicLabel, key.ExportSubjectPublicKeyInfo());
        }
        catch (Exception e) when (e is ArgumentException or CryptographicException or FormatException)
        {
            return null;
        }
    }

    private static bool IsRsa(string kind) => kind.StartsWith("rsa-", StringComparison.Ordinal);

    private static AsymmetricAlgorithm New(string kind) => kind switch
    {
        "rsa-2048" => RSA.Create(2048),
        "rsa-3072" => RSA.Create(3072),
        "rsa-4096" => RSA.Create(4096),
        "ec-p256" => ECDsa.Create(ECCurve.NamedCurves.nistP256),
        "ec-p384" => ECDsa.Create(ECCurve.NamedCurves.nistP384),
        "ec-p521" => ECDsa.Create(ECCurve.NamedCurves.nistP521),
        _ => throw new AppException(ErrorIds.DefinitionNotImplemented, $"This version makes no keys of the kind '{kind}'.", kind),
    };

    private static string Pem(string label, byte[] der) => new StringBuilder(PemEncoding.WriteString(label, der)).Append('\n').ToString();
}
