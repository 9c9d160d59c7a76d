using System.Security.Cryptography;
using System.Text;
using System.Text.Json;

namespace UpgradeOps.Engine.Docker;

/// <summary>Reads which engine <c>docker context use</c> chose: rootless installations and Docker Desktop are found only so.</summary>
internal static class DockerContext
{
    /// <returns>The chosen context's address; null for the default context.</returns>
    /// <exception cref="AppException"><see cref="ErrorIds.EngineUnreachable"/>: a context is chosen that is not there.</exception>
    public static string? Find(Func<string, string?> variable)
    {
        var home = variable("HOME") ?? variable("USERPROFILE") ?? "";
        var folder = variable("DOCKER_CONFIG") is { Length: > 0 } f ? f : Path.Combine(home, ".docker");
        var name = variable("DOCKER_CONTEXT") is { Length: > 0 } n ? n : Read(Path.Combine(folder, "config.json"), "currentContext");
        if (name is null or "" or "default")
            return null;
        var id = Convert.ToHexString(SHA256.HashData(Encoding.UTF8.GetBytes(name))).ToLowerInvariant();
        var file = Path.Combine(folder, "contexts", "meta", id, "meta.json");
        return Read(file, "Endpoints", "docker", "Host")
            ?? throw new AppException(ErrorIds.EngineUnreachable, $"The chosen Docker context '{name}' is not described in {file}.", name, "docker context ls shows the contexts, docker context use chooses one.");
    }

    private static string? Read(string file, params string[] path)
    {
        if (!File.Exists(file))
            return null;
        try
        {
            using var document = JsonDocument.Parse(File.ReadAllBytes(file));
            var element = document.RootElement;
            foreach (var name in path)
            {
                if (element.ValueKind != JsonValueKind.Object || !element.TryGetProperty(name, out element))
                    return null;
            }

            return element.ValueKind == JsonValueKind.String ? element.GetString() : null;
        }
        catch (Exception e) when (e is JsonException or IOException or UnauthorizedAccessException)
        {
            throw new AppException(ErrorIds.EngineUnreachable, $"Which Docker Engine is meant cannot be read from {file}: {e.Message}", file, inner: e);
        }
    }
}
