using System.Globalization;
using System.Text;
using System.Text.Json;
using UpgradeOps.Engine.State;

namespace UpgradeOps.Engine.Updates.Journal;

/// <summary>Journal entries as JSON lines, and back.</summary>
internal static class JournalCodec
{
    public static string Write(JournalEntry entry)
    {
        using var buffer = new MemoryStream();
        using (var json = new Utf8JsonWriter(buffer))
        {
            json.WriteStartObject();
            json.WriteNumber("v", entry.V);
            json.WriteNumber("seq", entry.Seq);
            json.WriteString("at", entry.At.UtcDateTime.ToString("yyyy-MM-ddTHH:mm:ss.fffffffZ", CultureInfo.InvariantCulture));
            json.WriteNumber("fence", entry.Fence);
            json.WriteString("plan", entry.Plan);
            json.WriteString("step", entry.Step);
            json.WriteString("kind", entry.Kind);
            json.WriteString("event", entry.Event.ToString().ToLowerInvariant());
            WriteValues(json, "inputs", entry.Inputs);
            WriteValues(json, "outputs", entry.Outputs);
            json.WriteString("prev", entry.Prev);
            json.WriteEndObject();
        }

        return JournalLine.Seal(Encoding.UTF8.GetString(buffer.ToArray()));
    }

    /// <returns>Null when the line is torn or damaged.</returns>
    /// <exception cref="AppException"><see cref="ErrorIds.JournalNewerFormat"/>: whole, but of a format or event that this version does not know.</exception>
    public static JournalEntry? Read(string line, string journal)
    {
        if (JournalLine.Open(line) is not { } body)
        {
            return null;
        }

        using var document = JsonDocument.Parse(body);
        var root = document.RootElement;
        var format = root.GetProperty("v").GetInt32();
        var name = root.TryGetProperty("event", out var e) ? e.GetString() : null;
        if (format > JournalEntry.Format || !Enum.TryParse<JournalEvent>(name, ignoreCase: true, out var what))
        {
            throw new AppException(
                ErrorIds.JournalNewerFormat,
                $"The journal of operation {journal} has a line of format {format} with the event '{name}'; this version reads format {JournalEntry.Format}.",
                journal);
        }

        return new JournalEntry
        {
            V = format,
            Seq = root.GetProperty("seq").GetInt64(),
            At = DateTimeOffset.Parse(root.GetProperty("at").GetString()!, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal),
            Fence = root.GetProperty("fence").GetInt64(),
            Plan = root.GetProperty("plan").GetString()!,
            Step = root.GetProperty("step").GetString()!,
            Kind = root.GetProperty("kind").GetString()!,
            Event = what,
            Inputs = ReadValues(root, "inputs"),
            Outputs = ReadValues(root, "outputs"),
            Prev = root.GetProperty("prev").GetString()!,
            Crc = JournalLine.ChecksumOf(line),
        };
    }

    private static void WriteValues(Utf8JsonWriter json, string name, IReadOnlyDictionary<string, string> values)
    {
        if (values.Count == 0)
        {
            return;
        }

        json.WriteStartObject(name);
        foreach (var (key, value) in values.OrderBy(v => v.Key, StringComparer.Ordinal))
        {
            json.WriteString(key, value);
        }

        json.WriteEndObject();
    }

    private static Dictionary<string, string> ReadValues(JsonElement root, string name) =>
        root.TryGetProperty(name, out var values)
            ? values.EnumerateObject().ToDictionary(v => v.Name, v => v.Value.GetString()!)
            : [];
}
