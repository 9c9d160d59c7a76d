using System.Text.Json;

namespace Notes;

/// <summary><c>release.json</c> beside the program: which version this is, and how it behaves.</summary>
/// <param name="HealthStatus">What <c>GET /health</c> answers with: 200, or 503 for a release that is meant to be bad.</param>
internal sealed record ReleaseFile(string Version, int HealthStatus)
{
    public static ReleaseFile Read(string folder)
    {
        using var json = JsonDocument.Parse(File.ReadAllBytes(Path.Combine(folder, "release.json")));
        return new ReleaseFile(
            json.RootElement.GetProperty("version").GetString()!,
            json.RootElement.TryGetProperty("healthStatus", out var status) ? status.GetInt32() : 200);
    }
}
