using System.Text;

namespace UpgradeOps.TestKit;

/// <summary>Writes the configuration file of docker-registry.</summary>
internal static class RegistryConfiguration
{
    public static string Render(RegistryServer registry, string address)
    {
        var text = new StringBuilder($$"""
            version: 0.1
            log:
              level: warn
              accesslog: { disabled: false }
            storage:
              filesystem: { rootdirectory: {{registry.StorageFolder}} }
              delete: { enabled: true }
            http:
              addr: {{address}}
              secret: {{Guid.NewGuid():N}}

            """);
        if (registry.Authority is not null)
            text.AppendLine($"  tls: {{ certificate: {registry.Folder}/server.crt, key: {registry.Folder}/server.key }}");
        if (registry.Options.Auth == RegistryAuth.Basic)
            text.AppendLine($"auth: {{ htpasswd: {{ realm: test, path: {registry.Folder}/htpasswd }} }}");
        if (registry.Tokens is { } tokens)
            text.AppendLine($$"""
                auth:
                  token:
                    realm: {{tokens.Realm}}
                    service: {{TokenServer.Service}}
                    issuer: {{TokenSigner.Issuer}}
                    rootcertbundle: {{registry.Folder}}/ca.crt
                """);
        return text.ToString();
    }
}
