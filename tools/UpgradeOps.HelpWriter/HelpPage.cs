using System.Text.RegularExpressions;

namespace UpgradeOps.HelpWriter;

/// <summary>
/// The help of one cmdlet as it is written by hand: <c># Name</c>, the synopsis, the description, then <c>## Parameters</c>, <c>## Examples</c>,
/// <c>## Outputs</c>, <c>## Notes</c> and <c>## Related</c>, each with its <c>###</c> entries or paragraphs.
/// </summary>
internal sealed partial record HelpPage(string Path)
{
    public string Name { get; private set; } = "";

    public string Synopsis { get; private set; } = "";

    public IReadOnlyList<string> Description { get; private set; } = [];

    public IReadOnlyDictionary<string, IReadOnlyList<string>> Parameters { get; private set; } = new Dictionary<string, IReadOnlyList<string>>();

    public IReadOnlyList<HelpExample> Examples { get; private set; } = [];

    public IReadOnlyDictionary<string, IReadOnlyList<string>> Outputs { get; private set; } = new Dictionary<string, IReadOnlyList<string>>();

    public IReadOnlyList<string> Notes { get; private set; } = [];

    public IReadOnlyList<string> Related { get; private set; } = [];

    /// <summary>What is wrong with it, as compilers say it: file: error: sentence.</summary>
    public IReadOnlyList<string> Faults { get; private set; } = [];

    public static HelpPage Read(string path) => Parse(path, File.ReadAllText(path));

    public static HelpPage Parse(string path, string text)
    {
        var sections = Split(text.ReplaceLineEndings("\n"), "## ");
        var (name, intro) = (Heading(sections[0], "# "), Paragraphs(Body(sections[0])));
        var parts = sections.Skip(1).ToLookup(s => Heading(s, "## "), Body);
        var page = new HelpPage(path)
        {
            Name = name,
            Synopsis = intro.Count > 0 ? intro[0] : "",
            Description = [.. intro.Skip(1)],
            Parameters = Entries(parts["Parameters"]).ToDictionary(e => e.Title, e => Paragraphs(e.Text)),
            Examples = [.. Entries(parts["Examples"]).Select(Example)],
            Outputs = Entries(parts["Outputs"]).ToDictionary(e => e.Title, e => Paragraphs(e.Text)),
            Notes = [.. parts["Notes"].SelectMany(Paragraphs)],
            Related = [.. parts["Related"].SelectMany(b => b.Split('\n')).Select(l => l.TrimStart('-', ' ')).Where(l => l.Length > 0)],
        };
        string[] known = ["Parameters", "Examples", "Outputs", "Notes", "Related"];
        page.Faults = [.. parts.Select(p => p.Key).Except(known).Select(k => $"{path}: error: unknown section '{k}'")];
        return page;
    }

    private static HelpExample Example((string Title, string Text) entry)
    {
        var code = Fence().Match(entry.Text);
        return new HelpExample(entry.Title, code.Groups[1].Value.TrimEnd(), Paragraphs(entry.Text.Remove(code.Index, code.Length)));
    }

    private static IEnumerable<(string Title, string Text)> Entries(IEnumerable<string> bodies) =>
        bodies.SelectMany(b => Split(b, "### ").Skip(1)).Select(s => (Heading(s, "### "), Body(s)));

    /// <summary>Cuts before each line that begins with the mark; what stands before the first one comes first. Code between fences is not cut.</summary>
    private static List<string> Split(string text, string mark)
    {
        var pieces = new List<string> { "" };
        var code = false;
        foreach (var line in text.Split('\n'))
        {
            code ^= line.StartsWith("```", StringComparison.Ordinal);
            if (!code && line.StartsWith(mark, StringComparison.Ordinal))
                pieces.Add("");
            pieces[^1] += line + "\n";
        }
        return pieces;
    }

    private static string Heading(string section, string mark) => section.Split('\n')[0].Replace(mark, "").Trim();

    private static string Body(string section) => section[(section.IndexOf('\n') + 1)..];

    /// <summary>Blocks between empty lines; the lines of one are joined, those of a list or a table are not.</summary>
    private static IReadOnlyList<string> Paragraphs(string text) =>
    [
        .. text.Split("\n\n").Select(p => p.Trim('\n')).Where(p => p.Length > 0)
            .Select(p => p.Split('\n').Skip(1).Any(l => l.StartsWith("- ", StringComparison.Ordinal)) ? p : p.Replace('\n', ' ')).Select(Plain),
    ];

    /// <summary>Help is read in a terminal: marks of code and emphasis go.</summary>
    private static string Plain(string markdown) => markdown.Replace("`", "").Replace("**", "");

    [GeneratedRegex(@"^```\w*\n(.*?)^```\n?", RegexOptions.Singleline | RegexOptions.Multiline)]
    private static partial Regex Fence();
}

/// <summary>One example: what it is for, what is typed, what comes of it.</summary>
internal sealed record HelpExample(string Title, string Code, IReadOnlyList<string> Remarks);
