using System.Globalization;
using System.Text;
using System.Text.Json;

namespace UpgradeOps.Engine.Platforms.Service.Supervisors.Systemd;

/// <summary>One line of the journal, as <c>journalctl --output=json</c> prints it.</summary>
/// <param name="Invocation">Which start of the unit it belongs to; empty when that is not told.</param>
/// <param name="Priority">As syslog has it: 0 is an emergency, 7 for debugging.</param>
/// <param name="IsManagers">systemd wrote it about the unit, not the unit itself.</param>
internal sealed record JournalEntry(string Cursor, DateTimeOffset? At, string Message, string Invocation, int Priority, bool IsManagers)
{
    private const int Error = 3;

    /// <summary>What the application wrote, and errors that systemd tells, such as a program that cannot be run. How it ended is known from the unit.</summary>
    public bool IsWorthTelling => !IsManagers || Priority <= Error;

    /// <summary>The entries of a text; what is no whole entry, such as a line that was cut off, is left out.</summary>
    public static IEnumerable<JournalEntry> ParseAll(string text) =>
        text.Split('\n').Select(Parse).OfType<JournalEntry>();

    private static JournalEntry? Parse(string line)
    {
        if (!line.StartsWith('{'))
            return null;
        try
        {
            using var document = JsonDocument.Parse(line);
            var fields = document.RootElement;
            var own = Text(fields, "_SYSTEMD_INVOCATION_ID");
            // User units are told of as USER_UNIT and USER_INVOCATION_ID.
            var told = Text(fields, "INVOCATION_ID") is { Length: > 0 } id ? id : Text(fields, "USER_INVOCATION_ID");
            var isManagers = Text(fields, "CODE_FILE").StartsWith("src/core/", StringComparison.Ordinal) && told.Length > 0;
            return new JournalEntry(
                Text(fields, "__CURSOR"),
                long.TryParse(Text(fields, "__REALTIME_TIMESTAMP"), NumberStyles.None, CultureInfo.InvariantCulture, out var microseconds) ? DateTimeOffset.UnixEpoch.AddTicks(microseconds * 10) : null,
                Text(fields, "MESSAGE"),
                isManagers || own.Length == 0 ? told : own,
                int.TryParse(Text(fields, "PRIORITY"), NumberStyles.None, CultureInfo.InvariantCulture, out var priority) ? priority : 6,
                isManagers);
        }
        catch (JsonException)
        {
            return null;
        }
    }

    /// <summary>Text, or the bytes of what is no UTF-8, or the first of several.</summary>
    private static string Text(JsonElement fields, string name) => fields.TryGetProperty(name, out var value) ? Text(value) : "";

    private static string Text(JsonElement value) => value.ValueKind switch
    {
        JsonValueKind.String => value.GetString()!,
        JsonValueKind.Array when value.GetArrayLength() > 0 && value[0].ValueKind == JsonValueKind.Number =>
            Encoding.UTF8.GetString([.. value.EnumerateArray().Select(b => b.ValueKind == JsonValueKind.Number && b.TryGetByte(out var one) ? one : (byte)'?')]),
        JsonValueKind.Array when value.GetArrayLength() > 0 => Text(value[0]),
        _ => "",
    };
}
