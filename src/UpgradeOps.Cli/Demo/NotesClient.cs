using System.Text.Json;

namespace UpgradeOps.Cli.Demo;

/// <summary>Talks to the demo's application as any user of it would.</summary>
internal sealed class NotesClient(string address) : IDisposable
{
    private readonly HttpClient http = new() { BaseAddress = new Uri($"http://{address}/"), Timeout = TimeSpan.FromSeconds(2) };

    /// <returns>The status code of the health page, and the version it tells; null when nobody answers.</returns>
    public async Task<(int Status, string Version)?> HealthAsync(CancellationToken cancellationToken)
    {
        try
        {
            using var answer = await http.GetAsync("health", cancellationToken);
            using var json = JsonDocument.Parse(await answer.Content.ReadAsStringAsync(cancellationToken));
            return ((int)answer.StatusCode, json.RootElement.GetProperty("version").GetString()!);
        }
        catch (Exception e) when (IsNoAnswer(e, cancellationToken))
        {
            return null;
        }
    }

    /// <returns>True when the application said that the note is on disk.</returns>
    public async Task<bool> PostAsync(string note, CancellationToken cancellationToken)
    {
        try
        {
            using var answer = await http.PostAsync("notes", new StringContent(note), cancellationToken);
            return answer.StatusCode == System.Net.HttpStatusCode.Created;
        }
        catch (Exception e) when (IsNoAnswer(e, cancellationToken))
        {
            return false;
        }
    }

    public async Task<IReadOnlySet<string>> AllAsync(CancellationToken cancellationToken) =>
        (await http.GetStringAsync("notes", cancellationToken)).Split('\n', StringSplitOptions.RemoveEmptyEntries).ToHashSet(StringComparer.Ordinal);

    public void Dispose() => http.Dispose();

    private static bool IsNoAnswer(Exception e, CancellationToken cancellationToken) =>
        e is HttpRequestException or IOException or JsonException || (e is OperationCanceledException && !cancellationToken.IsCancellationRequested);
}
