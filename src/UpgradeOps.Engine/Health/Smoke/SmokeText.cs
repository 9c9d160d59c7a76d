namespace UpgradeOps.Engine.Health.Smoke;

/// <summary>Foreign text in one line of a message.</summary>
internal static class SmokeText
{
    private const int Longest = 120;

    public static string Short(string text)
    {
        var line = string.Join(' ', text.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries));
        return line.Length <= Longest ? line : line[..Longest] + "…";
    }

    /// <summary>The beginning of an answer in parentheses; empty when it is empty.</summary>
    public static string Beginning(string text) => Short(text) is { Length: > 0 } line ? $" ({line})" : "";
}
