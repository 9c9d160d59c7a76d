using System.Text.Json.Nodes;

namespace UpgradeOps.Engine.Platforms.Compose;

/// <summary>A service as a container beside the live ones gets it: without anything by which users or other containers could come to it.</summary>
internal static class HiddenService
{
    /// <summary>Names and addresses (an engine answers for <c>hostname</c> in its networks too), ports, and labels by which reverse proxies and watchers find their containers.</summary>
    private static readonly string[] Left = ["container_name", "domainname", "hostname", "label_file", "labels", "mac_address", "ports"];

    /// <summary>The same of what it says about each of its networks.</summary>
    private static readonly string[] Addresses = ["aliases", "ipv4_address", "ipv6_address", "link_local_ips", "mac_address"];

    /// <summary>The same for reverse proxies that read variables.</summary>
    private static readonly string[] ProxyVariables = ["VIRTUAL_HOST", "LETSENCRYPT_HOST", "VIRTUAL_HOST_MULTIPORTS"];

    /// <param name="service">As <c>docker compose config</c> writes it.</param>
    /// <param name="labels">Those that it gets.</param>
    public static JsonObject Of(JsonObject service, IReadOnlyDictionary<string, string> labels)
    {
        var hidden = (JsonObject)service.DeepClone();
        foreach (var key in Left)
            hidden.Remove(key);
        // Traefik takes a container without labels too, where nobody told it otherwise.
        hidden["labels"] = new JsonObject([.. labels.Append(new("traefik.enable", "false")).Select(l => KeyValuePair.Create(l.Key, (JsonNode?)l.Value))]);
        hidden["pull_policy"] = "never";
        if (hidden["environment"] is JsonObject variables)
        {
            foreach (var name in ProxyVariables.Where(variables.ContainsKey))
                variables[name] = "";
        }

        foreach (var network in (hidden["networks"] as JsonObject ?? []).ToList())
        {
            if (network.Value is not JsonObject joined)
                hidden["networks"]![network.Key] = new JsonObject();
            else
                foreach (var key in Addresses)
                    joined.Remove(key);
        }

        return hidden;
    }
}
