using System.Net;
using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;

namespace UpgradeOps.Integration.Secrets;

/// <summary>A secret that is like no other, and every form in which a text or a file could give it away.</summary>
internal sealed class Canary
{
    private readonly byte[][] _forms;

    /// <param name="plain">True for one that stands where only letters and digits may.</param>
    public Canary(string place, bool plain = false)
    {
        Place = place;
        Value = plain ? $"Canary{Guid.NewGuid():N}" : $"Canary{Guid.NewGuid():N}/+#'\"ü %~";
        Span<string> texts =
        [
            Value, Uri.EscapeDataString(Value), WebUtility.UrlEncode(Value), JsonEncodedText.Encode(Value).ToString(),
            JsonEncodedText.Encode(Value, JavaScriptEncoder.UnsafeRelaxedJsonEscaping).ToString(),
            // The middle of it survives any quoting of its ends.
            Value[..30],
        ];
        _forms = [.. texts.ToArray().Distinct().Select(Encoding.UTF8.GetBytes), .. Shifted(Encoding.UTF8.GetBytes(Value[..30])), Encoding.Unicode.GetBytes(Value[..30])];
    }

    public string Place { get; }

    public string Value { get; }

    /// <returns>Null when it is nowhere in it.</returns>
    public string? FoundIn(ReadOnlySpan<byte> bytes)
    {
        foreach (var form in _forms)
        {
            if (bytes.IndexOf(form) >= 0)
                return $"the secret of {Place}, as {Encoding.UTF8.GetString(form)}";
        }

        return null;
    }

    public static void AssertNoneIn(IEnumerable<Canary> canaries, string where, byte[] bytes)
    {
        foreach (var canary in canaries)
        {
            if (canary.FoundIn(bytes) is { } found)
                Assert.Fail($"{where}: {found}\n{canary.Around(bytes)}");
        }
    }

    private string Around(byte[] bytes)
    {
        var text = Encoding.UTF8.GetString(bytes);
        var at = text.IndexOf(Value[..12], StringComparison.Ordinal);
        return at < 0 ? "" : text[Math.Max(0, at - 300)..Math.Min(text.Length, at + 300)];
    }

    /// <summary>Its Base64 after any number of bytes, as in <c>user:password</c>, without the letters that its neighbours share.</summary>
    private static IEnumerable<byte[]> Shifted(byte[] secret) =>
        from before in Enumerable.Range(0, 3)
        let whole = Convert.ToBase64String([.. new byte[before], .. secret, .. new byte[3]])
        select Encoding.ASCII.GetBytes(whole[4..(4 + ((before + secret.Length) / 3 * 4) - 4)]);
}
