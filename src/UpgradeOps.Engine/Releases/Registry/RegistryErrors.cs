using System.Text;
using System.Text.Json;
using UpgradeOps.Engine.Releases.Registry.Http;

namespace UpgradeOps.Engine.Releases.Registry;

/// <summary>What registries refuse with, as errors that name image, status and what the registry itself said.</summary>
internal static class RegistryErrors
{
    public static AppException Failed(string target, RegistryAnswer answer, string often = "") =>
        new(ErrorIds.RegistryFailed, $"{target}: {answer.Uri.Authority} answered {answer.Status}{Said(answer)}{often}.", target, HintFor(answer));

    public static AppException Unreadable(string target, string what, string reason) =>
        new(ErrorIds.RegistryFailed, $"{target}: {what} cannot be read: {reason}.", target);

    /// <param name="credential">Who asked, such as "anonymously" or "as deploy (releases.user)".</param>
    public static AppException Unauthorized(string target, RegistryAnswer answer, string credential) => new(
        ErrorIds.RegistryUnauthorized,
        $"{target}: {answer.Uri.Authority} refused access with {answer.Status}{Said(answer)}, asked {credential}. " +
        "Either the credentials do not allow it, or there is no such repository.",
        target);

    public static AppException Mismatch(string target, string what, string expected) =>
        new(ErrorIds.DigestMismatch, $"{target}: the bytes of {what} do not match the digest {expected} by which the registry serves it.", target);

    public static string? ActionFor(WireFault fault) => fault.Reason.StartsWith("TLS", StringComparison.Ordinal)
        ? "Check the registry's certificate; a private one's authority goes into releases.certificateAuthority."
        : null;

    public static string Duration(TimeSpan time) => time.TotalSeconds < 120 ? $"{Math.Ceiling(time.TotalSeconds):0} s" : $"{Math.Ceiling(time.TotalMinutes):0} min";

    private static string? HintFor(RegistryAnswer answer) => answer is { Status: 400, Uri.Scheme: "http" }
        ? "The registry may want TLS: name its certificate authority in releases.certificateAuthority."
        : null;

    /// <summary>The server's own first error, bounded and on one line, with a blank and brackets around it; empty when it says nothing.</summary>
    public static string Said(RegistryAnswer answer)
    {
        try
        {
            using var document = JsonDocument.Parse(answer.Body);
            var root = document.RootElement;
            var error = root.ValueKind == JsonValueKind.Object && root.TryGetProperty("errors", out var errors) && errors.ValueKind == JsonValueKind.Array && errors.GetArrayLength() > 0
                ? errors[0]
                : root;
            var parts = new[] { "code", "message", "details" }
                .Select(n => error.ValueKind == JsonValueKind.Object && error.TryGetProperty(n, out var v) && v.ValueKind == JsonValueKind.String ? v.GetString() : null)
                .Where(t => !string.IsNullOrWhiteSpace(t));
            var text = OneLine(string.Join(": ", parts));
            return text.Length == 0 ? "" : $" ({text})";
        }
        catch (JsonException)
        {
            return "";
        }
    }

    private static string OneLine(string text)
    {
        var clean = new StringBuilder();
        foreach (var c in text.Take(200))
            clean.Append(char.IsControl(c) ? ' ' : c);
        return clean.ToString().Trim();
    }
}
