using UpgradeOps.Engine.Apps.Secrets;
using UpgradeOps.Engine.Platforms;

namespace UpgradeOps.Engine.Health;

/// <summary>What an instance wrote last: mostly the reason for its end.</summary>
internal sealed class LastWords(IPlatform platform, Redaction redaction)
{
    private const int Lines = 5;
    private const int LongestLine = 300;

    /// <returns>A sentence to append, beginning with a space; empty when nothing was written or it cannot be read.</returns>
    public async Task<string> OfAsync(Instance instance, CancellationToken cancellationToken)
    {
        var last = new Queue<string>();
        try
        {
            await foreach (var line in platform.LogsAsync(50, follow: false, cancellationToken).ConfigureAwait(false))
            {
                if (line.Instance != instance.DisplayName || string.IsNullOrWhiteSpace(line.Message))
                    continue;
                var text = redaction.Clean(line.Message).Trim();
                last.Enqueue(text.Length > LongestLine ? text[..LongestLine] + "…" : text);
                if (last.Count > Lines)
                    last.Dequeue();
            }
        }
        catch (Exception e) when (e is AppException or IOException or HttpRequestException)
        {
            // The reason for the failure is known; its last words are a courtesy.
        }

        return last.Count == 0 ? "" : $" Its last words: {string.Join(" | ", last)}";
    }
}
