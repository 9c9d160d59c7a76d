using System.Text.Json;
using UpgradeOps.Engine.Releases.Registry.Http;

namespace UpgradeOps.Engine.Releases.Registry.Auth;

/// <summary>A token and the moment from which a new one is asked for.</summary>
internal sealed record BearerToken(string Value, DateTimeOffset RenewAt);

/// <summary>Gets bearer tokens from the service that a registry names in its challenge.</summary>
internal sealed class TokenService(RegistryWire wire, TimeProvider time)
{
    private const string ClientId = "upgradeops";

    /// <param name="target">The image, for messages.</param>
    /// <exception cref="AppException"><see cref="ErrorIds.RegistryUnauthorized"/>: the credentials are refused.</exception>
    public async Task<BearerToken> GetAsync(AuthChallenge challenge, string scope, RegistryCredential? credential, string target, CancellationToken cancellationToken)
    {
        var request = RequestFor(challenge, scope, credential, target);
        var asked = time.GetUtcNow();
        var answer = await wire.SendAsync(request, target, cancellationToken).ConfigureAwait(false);
        if (answer.Status is 400 or 401 or 403)
            throw RegistryErrors.Unauthorized(target, answer, credential?.Description ?? "anonymously");
        if (!answer.IsSuccess)
            throw RegistryErrors.Failed(target, answer);
        return Parse(answer.Body, asked, target);
    }

    private static RegistryRequest RequestFor(AuthChallenge challenge, string scope, RegistryCredential? credential, string target)
    {
        if (!Uri.TryCreate(challenge.Realm, UriKind.Absolute, out var realm) || !IsSafe(realm))
            throw RegistryErrors.Unreadable(target, "the address of the registry's token service", $"'{challenge.Realm}' is not https");

        if (credential is { IsIdentityToken: true })
        {
            var form = new Dictionary<string, string>
            {
                ["grant_type"] = "refresh_token",
                ["refresh_token"] = credential.Secret,
                ["service"] = challenge.Service ?? "",
                ["scope"] = scope,
                ["client_id"] = ClientId,
            };
            return new RegistryRequest(HttpMethod.Post, realm) { Form = form };
        }

        var query = new List<string>();
        if (realm.Query.Length > 1)
            query.Add(realm.Query[1..]);
        if (challenge.Service is { } service)
            query.Add($"service={Uri.EscapeDataString(service)}");
        query.AddRange(scope.Split(' ', StringSplitOptions.RemoveEmptyEntries).Select(s => $"scope={Uri.EscapeDataString(s)}"));
        var uri = new UriBuilder(realm) { Query = string.Join('&', query) }.Uri;
        return new RegistryRequest(HttpMethod.Get, uri) { Authorization = credential?.ToBasic() };
    }

    private static BearerToken Parse(byte[] body, DateTimeOffset asked, string target)
    {
        try
        {
            using var document = JsonDocument.Parse(body);
            var root = document.RootElement;
            var value = Text(root, "token") ?? Text(root, "access_token");
            if (value is null || value.Any(c => c is <= ' ' or > '~'))
                throw RegistryErrors.Unreadable(target, "the answer of the registry's token service", "it holds no token");

            // The standard's default. Counted from when it was asked for, on our own clock: issued_at is on another one.
            var seconds = root.TryGetProperty("expires_in", out var expires) && expires.TryGetInt64(out var given) && given > 0 ? given : 60;
            return new BearerToken(value, asked + (TimeSpan.FromSeconds(Math.Min(seconds, 86_400)) * 0.9));
        }
        catch (Exception e) when (e is JsonException or InvalidOperationException)
        {
            throw RegistryErrors.Unreadable(target, "the answer of the registry's token service", "it is not JSON");
        }
    }

    private static string? Text(JsonElement root, string name) =>
        root.TryGetProperty(name, out var value) && value.ValueKind == JsonValueKind.String && value.GetString() is { Length: > 0 } text ? text : null;

    /// <summary>Passwords and tokens travel under TLS, or do not leave the machine.</summary>
    private static bool IsSafe(Uri realm) => realm.Scheme == Uri.UriSchemeHttps || (realm.Scheme == Uri.UriSchemeHttp && realm.IsLoopback);
}
