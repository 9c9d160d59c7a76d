using System.Collections.Concurrent;
using System.Net.Security;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace UpgradeOps.Engine.Releases.Registry.Http;

/// <summary>Connections, kept for the life of the process and shared by everyone who trusts the same authorities.</summary>
internal static class RegistryHandlers
{
    public static readonly TimeSpan ConnectTimeout = TimeSpan.FromSeconds(10);

    private static readonly ConcurrentDictionary<string, HttpMessageInvoker> Known = new();

    /// <param name="authorities">Trusted beside the system's own; empty for none.</param>
    /// <param name="viaProxy">False for loopback, which no proxy can reach.</param>
    public static HttpMessageInvoker Get(X509Certificate2Collection authorities, bool viaProxy)
    {
        var key = $"{viaProxy} {string.Join(' ', authorities.Select(c => c.GetCertHashString(HashAlgorithmName.SHA256)))}";
        return Known.GetOrAdd(key, _ => Create(authorities, viaProxy));
    }

    private static HttpMessageInvoker Create(X509Certificate2Collection authorities, bool viaProxy)
    {
        var handler = new SocketsHttpHandler
        {
            AllowAutoRedirect = false,
            UseCookies = false,
            UseProxy = viaProxy,
            ConnectTimeout = ConnectTimeout,
            PooledConnectionLifetime = TimeSpan.FromMinutes(5), // names move
            MaxConnectionsPerServer = 16,
        };
        if (authorities.Count > 0)
            handler.SslOptions.RemoteCertificateValidationCallback = (_, certificate, chain, errors) => IsTrusted(authorities, certificate, chain, errors);
        return new HttpMessageInvoker(handler);
    }

    /// <summary>Only the missing trust may be made up for; a wrong name stays wrong.</summary>
    private static bool IsTrusted(X509Certificate2Collection authorities, X509Certificate? certificate, X509Chain? sent, SslPolicyErrors errors)
    {
        if (errors != SslPolicyErrors.RemoteCertificateChainErrors || certificate is not X509Certificate2 server)
            return errors == SslPolicyErrors.None;

        using var chain = new X509Chain();
        chain.ChainPolicy.TrustMode = X509ChainTrustMode.CustomRootTrust;
        chain.ChainPolicy.CustomTrustStore.AddRange(authorities);
        chain.ChainPolicy.RevocationMode = X509RevocationMode.NoCheck;
        chain.ChainPolicy.ApplicationPolicy.Add(new Oid("1.3.6.1.5.5.7.3.1")); // for servers
        if (sent is not null)
            chain.ChainPolicy.ExtraStore.AddRange(sent.ChainPolicy.ExtraStore);
        return chain.Build(server);
    }
}
