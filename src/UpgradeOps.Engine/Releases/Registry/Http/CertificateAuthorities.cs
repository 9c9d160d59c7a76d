using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace UpgradeOps.Engine.Releases.Registry.Http;

/// <summary>Authorities of private registries: the definition's file, else what Docker on this machine trusts for that registry.</summary>
internal static class CertificateAuthorities
{
    /// <exception cref="AppException"><see cref="ErrorIds.DefinitionInvalid"/>: the declared file is missing or holds no certificate.</exception>
    public static X509Certificate2Collection Load(string? declared, string registry, string dockerFolder = "/etc/docker/certs.d")
    {
        var found = new X509Certificate2Collection();
        if (declared is not null)
        {
            Import(found, declared);
            return found;
        }

        var folder = Path.Combine(dockerFolder, registry);
        if (!registry.Contains('[', StringComparison.Ordinal) && Directory.Exists(folder))
        {
            foreach (var file in Directory.GetFiles(folder, "*.crt").Order(StringComparer.Ordinal))
                Import(found, file);
        }
        return found;
    }

    private static void Import(X509Certificate2Collection found, string file)
    {
        try
        {
            var before = found.Count;
            found.ImportFromPemFile(file);
            if (found.Count == before)
                throw new CryptographicException("it holds no certificate in PEM");
        }
        catch (Exception e) when (e is CryptographicException or IOException or UnauthorizedAccessException)
        {
            throw new AppException(ErrorIds.DefinitionInvalid, $"releases.certificateAuthority: {file} cannot be used: {e.Message}", file, inner: e);
        }
    }
}
