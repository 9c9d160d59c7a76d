using System.Text.Json;

namespace UpgradeOps.Engine.Apps.Secrets;

/// <summary>Remembers secrets that were resolved, and takes them out of any text before it reaches a person or a file.</summary>
internal sealed class Redaction
{
    /// <summary>What stands in a secret's place.</summary>
    public const string Mark = "***";

    private readonly object gate = new();

    // Longest first, so that a secret which contains another one goes as a whole.
    private string[] secrets = [];

    public void Remember(string secret)
    {
        string[] forms = [secret, Uri.EscapeDataString(secret), JsonEncodedText.Encode(secret).ToString(), .. Lines(secret)];
        lock (gate)
            secrets = [.. secrets.Concat(forms).Where(static f => f.Length > 0).Distinct(StringComparer.Ordinal).OrderByDescending(static f => f.Length)];
    }

    public string Clean(string text)
    {
        foreach (var secret in Volatile.Read(ref secrets))
            text = text.Replace(secret, Mark, StringComparison.Ordinal);
        return text;
    }

    // Tools print a key of several lines a line at a time.
    private static IEnumerable<string> Lines(string secret) =>
        secret.Contains('\n', StringComparison.Ordinal) ? secret.Split('\n').Select(static l => l.Trim()).Where(static l => l.Length > 3) : [];
}
