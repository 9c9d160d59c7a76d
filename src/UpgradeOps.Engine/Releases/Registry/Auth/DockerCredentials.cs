using System.Text;
using System.Text.Json;
using UpgradeOps.Engine.Hosts;

namespace UpgradeOps.Engine.Releases.Registry.Auth;

/// <summary>
/// What <c>docker login</c> stored for a registry, found as Docker finds it: the registry's own helper, else the common store, else the
/// file itself. A file that cannot be used is no error: most images need no login, and where one does, the refusal says what was wrong.
/// </summary>
/// <param name="folder">Docker's configuration folder.</param>
/// <param name="registry">Host with port, or <c>docker.io</c>.</param>
/// <param name="host">Where helpers run: this machine.</param>
internal sealed class DockerCredentials(string folder, string registry, IHost host) : ICredentialSource
{
    private const string HubKey = "https://index.docker.io/v1/";
    private const string Origin = "docker login";

    public string? Trouble { get; private set; }

    private string Key => registry == "docker.io" ? HubKey : registry;

    /// <summary><c>DOCKER_CONFIG</c>, else <c>.docker</c> in the user's folder.</summary>
    public static string DefaultFolder() => Environment.GetEnvironmentVariable("DOCKER_CONFIG") is { Length: > 0 } folder
        ? folder
        : Path.Combine(Environment.GetFolderPath(Environment.SpecialFolder.UserProfile), ".docker");

    public async Task<RegistryCredential?> FindAsync(CancellationToken cancellationToken)
    {
        var file = Path.Combine(folder, "config.json");
        try
        {
            if (!File.Exists(file))
                return null;
            using var document = JsonDocument.Parse(await File.ReadAllBytesAsync(file, cancellationToken).ConfigureAwait(false));
            var root = document.RootElement;
            var helper = Member(root, "credHelpers", Key) is { } own ? own.GetString() : Text(root, "credsStore");
            var kept = string.IsNullOrEmpty(helper) ? null : await AskAsync(helper, cancellationToken).ConfigureAwait(false);
            return kept ?? FromFile(root);
        }
        catch (Exception e) when (e is JsonException or IOException or UnauthorizedAccessException or FormatException or InvalidOperationException)
        {
            Trouble = $"{file} cannot be used: {e.Message}";
            return null;
        }
    }

    private RegistryCredential? FromFile(JsonElement root)
    {
        if (Member(root, "auths", Key) is not { ValueKind: JsonValueKind.Object } entry)
            return null;
        if (Text(entry, "identitytoken") is { } token)
            return RegistryCredential.IdentityToken(token, Origin);
        if (Text(entry, "username") is { } user && Text(entry, "password") is { } password)
            return RegistryCredential.Password(user, password, Origin);
        if (Text(entry, "auth") is not { } auth)
            return null;

        var pair = Encoding.UTF8.GetString(Convert.FromBase64String(auth)).TrimEnd('\0').Split(':', 2);
        return pair.Length == 2 ? RegistryCredential.Password(pair[0], pair[1], Origin) : throw new FormatException($"auth of {Key} is no user:password");
    }

    /// <summary>Speaks the protocol of <c>docker-credential-*</c>: the key on standard input, JSON on standard output.</summary>
    private async Task<RegistryCredential?> AskAsync(string helper, CancellationToken cancellationToken)
    {
        var command = $"docker-credential-{helper}";
        if (helper.Any(c => !char.IsAsciiLetterOrDigit(c) && c is not ('-' or '_' or '.')))
        {
            Trouble = $"'{command}' is no name of a command";
            return null;
        }

        using var question = new MemoryStream(Encoding.UTF8.GetBytes(Key));
        using var answer = new MemoryStream();
        try
        {
            var result = await host.StreamAsync(new HostCommand(command, "get"), question, answer, cancellationToken).ConfigureAwait(false);
            if (!result.Succeeded)
            {
                var said = Encoding.UTF8.GetString(answer.ToArray()).Trim();
                if (!said.Contains("credentials not found", StringComparison.OrdinalIgnoreCase))
                    Trouble = $"{command} failed with exit code {result.ExitCode}";
                return null;
            }
        }
        catch (AppException e)
        {
            Trouble = e.Message;
            return null;
        }

        using var document = JsonDocument.Parse(answer.ToArray());
        return (Text(document.RootElement, "Username"), Text(document.RootElement, "Secret")) switch
        {
            ("<token>", { } token) => RegistryCredential.IdentityToken(token, command),
            ({ } user, { } secret) => RegistryCredential.Password(user, secret, command),
            _ => null,
        };
    }

    /// <summary>An entry by its key, or by a key that names the same host (<c>https://ghcr.io</c>, <c>https://ghcr.io/v1/</c>).</summary>
    private static JsonElement? Member(JsonElement root, string section, string key)
    {
        if (root.ValueKind != JsonValueKind.Object || !root.TryGetProperty(section, out var entries) || entries.ValueKind != JsonValueKind.Object)
            return null;
        if (entries.TryGetProperty(key, out var exact))
            return exact;
        var same = entries.EnumerateObject().FirstOrDefault(e => HostOf(e.Name).Equals(HostOf(key), StringComparison.OrdinalIgnoreCase));
        return same.Value.ValueKind == JsonValueKind.Undefined ? null : same.Value;
    }

    private static string HostOf(string key)
    {
        var start = key.IndexOf("://", StringComparison.Ordinal) is var at and >= 0 ? at + 3 : 0;
        var end = key.IndexOf('/', start);
        return end < 0 ? key[start..] : key[start..end];
    }

    private static string? Text(JsonElement element, string name) =>
        element.ValueKind == JsonValueKind.Object && element.TryGetProperty(name, out var value) && value.ValueKind == JsonValueKind.String && value.GetString() is { Length: > 0 } text ? text : null;
}
