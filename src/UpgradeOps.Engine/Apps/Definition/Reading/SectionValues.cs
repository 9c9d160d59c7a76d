using System.Globalization;
using UpgradeOps.Engine.Apps.Definition.Yaml;

namespace UpgradeOps.Engine.Apps.Definition.Reading;

/// <summary>Typed values of a section.</summary>
internal sealed partial class Section
{
    private const int LongestText = 4096;

    /// <returns>Null when the key is absent or wrong.</returns>
    public string? Text(string key, TextRule? rule = null) => Find(key) is { } node ? Text(node, Full(key), rule ?? TextRule.Any) : null;

    public string RequiredText(string key, TextRule? rule = null, string fix = "Add it.")
    {
        if (!Has(key))
            Missing(key, fix);
        return Text(key, rule) ?? "";
    }

    /// <summary>One of a few words; a planned one is refused as not implemented.</summary>
    public string Choice(string key, string fallback, IReadOnlyList<string> known, params IReadOnlyList<string> planned)
    {
        if (Text(key) is not { } text)
            return fallback;
        if (known.Contains(text))
            return text;
        if (planned.Contains(text))
            Wrong(key, $"this version cannot do '{text}'", $"Use {string.Join(" or ", known)}.", ErrorIds.DefinitionNotImplemented);
        else if (Nearest.Find(text, known) is { } meant)
            Wrong(key, $"'{text}' is not known here", $"Did you mean '{meant}'?");
        else
            Wrong(key, $"'{text}' is not known here", $"Use {string.Join(" or ", known)}.");
        return fallback;
    }

    public int? Number(string key, int least, int most)
    {
        if (Text(key) is not { } text)
            return null;
        if (int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var number) && number >= least && number <= most)
            return number;
        Wrong(key, $"'{Short(text)}' is no whole number from {least} to {most}", "Correct the number.");
        return null;
    }

    public TimeSpan Time(string key, TimeSpan fallback, TimeSpan least, TimeSpan most)
    {
        if (Text(key) is not { } text)
            return fallback;
        if (!Duration.TryParse(text, out var time))
            Wrong(key, $"'{Short(text)}' is no duration", "Write a number with its unit, such as 60s, 5m or 1h30m.");
        else if (time < least || time > most)
            Wrong(key, $"'{text}' is {(time < least ? "too short" : "too long")}", $"Choose between {Say(least)} and {Say(most)}.");
        else
            return time;
        return fallback;
    }

    /// <summary>Texts of a list; empty when the key is absent.</summary>
    public IReadOnlyList<string> Texts(string key, TextRule rule)
    {
        switch (Find(key))
        {
            case null:
                return [];
            case ListNode { Items.Count: > 0 } list:
                return [.. list.Items.Select((item, i) => Text(item, $"{Full(key)}[{i}]", rule)).OfType<string>()];
            case var node:
                problems.Add(node.At, Full(key), node is ListNode ? "the list is empty" : $"a list is expected here, not {node.Kind}", "Write it as a list, such as [first, second].");
                return [];
        }
    }

    /// <summary>Texts under names that the user chooses; empty when the key is absent.</summary>
    public IReadOnlyDictionary<string, string> Named(string key, TextRule nameRule, TextRule valueRule) =>
        Entries(key, nameRule)
            .Select(e => (e.Key, Value: Text(e.Value, $"{Full(key)}.{e.Key}", valueRule)))
            .Where(e => e.Value is not null)
            .ToDictionary(e => e.Key, e => e.Value!);

    public Section? Child(string key, KeySet childKeys) => Find(key) is { } node ? Open(node, Full(key), childKeys, problems) : null;

    public Section? RequiredChild(string key, KeySet childKeys, string fix)
    {
        if (!Has(key))
            Missing(key, fix);
        return Child(key, childKeys);
    }

    /// <summary>Mappings of a list; empty when the key is absent.</summary>
    public IReadOnlyList<Section> Children(string key, KeySet childKeys)
    {
        if (Find(key) is not { } node)
            return [];
        if (node is ListNode list)
            return [.. list.Items.Select((item, i) => Open(item, $"{Full(key)}[{i}]", childKeys, problems)).OfType<Section>()];
        problems.Add(node.At, Full(key), $"a list is expected here, not {node.Kind}", "Begin each entry with a dash.");
        return [];
    }

    /// <summary>Mappings under names that the user chooses; empty when the key is absent.</summary>
    public IReadOnlyList<(string Name, Section Section)> NamedChildren(string key, KeySet childKeys, TextRule nameRule) =>
        [.. Entries(key, nameRule).Select(e => (e.Key, Open(e.Value, $"{Full(key)}.{e.Key}", childKeys, problems))).Where(e => e.Item2 is not null).Select(e => (e.Key, e.Item2!))];

    private IEnumerable<MapEntry> Entries(string key, TextRule nameRule)
    {
        switch (Find(key))
        {
            case null:
                return [];
            case MapNode entries:
                foreach (var bad in entries.Entries.Where(e => !nameRule.Accepts(e.Key)))
                    problems.Add(bad.KeyAt, Full(key), $"'{Short(bad.Key)}' {nameRule.Complaint}", nameRule.Fix);
                return entries.Entries.Where(e => nameRule.Accepts(e.Key));
            case var node:
                problems.Add(node.At, Full(key), $"a mapping of names is expected here, not {node.Kind}", "Write each entry as 'name: value'.");
                return [];
        }
    }

    private string? Text(Node node, string path, TextRule rule)
    {
        if (node is not ScalarNode scalar)
            problems.Add(node.At, path, $"a single value is expected here, not {node.Kind}", "Write it as 'key: value'.");
        else if (scalar.IsNull)
            problems.Add(node.At, path, "the value is missing", "Write one behind the colon, or remove the key.");
        else if (scalar.Text.Length > LongestText)
            problems.Add(node.At, path, $"the value has more than {LongestText} characters", "Shorten it.");
        else if (!rule.Accepts(scalar.Text))
            problems.Add(node.At, path, $"{(scalar.Text.Length == 0 || rule.HidesValue ? "the value" : $"'{Short(scalar.Text)}'")} {rule.Complaint}", rule.Fix);
        else
            return scalar.Text;
        return null;
    }

    private static string Short(string text)
    {
        var line = new string([.. text.Take(60).Select(static c => char.IsControl(c) ? ' ' : c)]);
        return text.Length > 60 ? line + "…" : line;
    }

    private static string Say(TimeSpan time) => time switch
    {
        { TotalDays: >= 1 } => $"{time.TotalDays:0.#}d",
        { TotalHours: >= 1 } => $"{time.TotalHours:0.#}h",
        { TotalSeconds: >= 1 } => $"{time.TotalSeconds:0.#}s",
        _ => $"{time.TotalMilliseconds:0}ms",
    };
}
