using System.Text.RegularExpressions;

namespace UpgradeOps.Engine.Text;

/// <summary>Texts with <c>${name}</c> in them, which stands for a value; <c>$${</c> is a plain <c>${</c>.</summary>
internal static partial class ValueText
{
    public static IEnumerable<string> Names(string text) => Places().Matches(text).Select(m => m.Groups["name"].Value).Where(n => n.Length > 0);

    /// <param name="write">How a value is written where the text goes, such as quoted.</param>
    public static string Fill(string text, IReadOnlyDictionary<string, string> values, Func<string, string>? write = null) => Places().Replace(
        text,
        m => m.Groups["name"] is { Length: > 0 } name
            ? values.TryGetValue(name.Value, out var value) ? write is null ? value : write(value) : m.Value
            : "${");

    [GeneratedRegex(@"\$\$\{|\$\{(?<name>[A-Za-z_][A-Za-z0-9_]*)\}")]
    private static partial Regex Places();
}
