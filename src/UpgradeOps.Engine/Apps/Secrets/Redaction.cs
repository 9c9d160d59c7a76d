using System.Net;
using System.Text;
using System.Text.Encodings.Web;
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
        string[] forms =
        [
            secret, Uri.EscapeDataString(secret), WebUtility.UrlEncode(secret),
            JsonEncodedText.Encode(secret).ToString(), JsonEncodedText.Encode(secret, JavaScriptEncoder.UnsafeRelaxedJsonEscaping).ToString(),
            .. Lines(secret), .. Base64(secret),
        ];
        lock (gate)
            secrets = [.. secrets.Concat(forms).Where(static f => f.Length > 0).Distinct(StringComparer.Ordinal).OrderByDescending(static f => f.Length)];
    }

    public string Clean(string text)
    {
        foreach (var secret in Volatile.Read(ref secrets))
            text = text.Replace(secret, Mark, StringComparison.Ordinal);
        return text;
    }

    public AppError Clean(AppError error) => error with
    {
        Message = Clean(error.Message),
        RecommendedAction = error.RecommendedAction is { } action ? Clean(action) : null,
    };

    /// <summary>A text in UTF-8; bytes that are none stay as they are where no secret is among them.</summary>
    public byte[] Clean(byte[] text)
    {
        var before = Encoding.Latin1.GetString(text);
        foreach (var secret in Volatile.Read(ref secrets))
            before = before.Replace(Encoding.Latin1.GetString(Encoding.UTF8.GetBytes(secret)), Mark, StringComparison.Ordinal);
        return Encoding.Latin1.GetBytes(before);
    }

    /// <summary>What of its Base64 is the same wherever it stands in a longer text: one for each of the three places in a group.</summary>
    private static IEnumerable<string> Base64(string secret)
    {
        const int Shortest = 6;
        var bytes = Encoding.UTF8.GetBytes(secret);
        if (bytes.Length < Shortest)
            yield break;
        for (var before = 0; before < 3; before++)
        {
            var encoded = Convert.ToBase64String([.. new byte[before], .. bytes]);
            var from = before == 0 ? 0 : before + 1;
            var core = encoded[from..((before + bytes.Length) * 8 / 6)];
            yield return core;
            yield return core.Replace('+', '-').Replace('/', '_');
        }
    }

    // Tools print a key of several lines a line at a time.
    private static IEnumerable<string> Lines(string secret) =>
        secret.Contains('\n', StringComparison.Ordinal) ? secret.Split('\n').Select(static l => l.Trim()).Where(static l => l.Length > 3) : [];
}
