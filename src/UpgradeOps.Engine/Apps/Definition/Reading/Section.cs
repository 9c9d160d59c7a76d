using UpgradeOps.Engine.Apps.Definition.Yaml;

namespace UpgradeOps.Engine.Apps.Definition.Reading;

/// <summary>
/// One mapping of a definition while it is read. Reading never stops: what is wrong is noted, a harmless value is returned in its
/// place, and the loader refuses the whole file at the end.
/// </summary>
internal sealed partial class Section
{
    private readonly MapNode map;
    private readonly KeySet keys;
    private readonly Problems problems;
    private readonly HashSet<string> misspelt = [];

    private Section(MapNode map, string path, KeySet keys, Problems problems)
    {
        this.map = map;
        Path = path;
        this.keys = keys;
        this.problems = problems;
    }

    /// <summary>Its full path, such as <c>platform.compose</c>; empty for the whole definition.</summary>
    public string Path { get; }

    /// <returns>Null, with the problem noted, when the node is no mapping.</returns>
    public static Section? Open(Node node, string path, KeySet keys, Problems problems)
    {
        if (node is not MapNode map)
        {
            problems.Add(node.At, path, $"a mapping is expected here, not {node.Kind}", $"Write keys such as {string.Join(", ", keys.Known.Take(3))} below it.");
            return null;
        }

        var section = new Section(map, path, keys, problems);
        foreach (var entry in map.Entries.Where(e => !keys.Known.Contains(e.Key)))
            section.Refuse(entry);
        return section;
    }

    public bool Has(string key) => Find(key) is not null;

    /// <summary>Notes something wrong with a key, or with the section when the key is not there.</summary>
    public void Wrong(string key, string what, string fix, string errorId = ErrorIds.DefinitionInvalid) =>
        problems.Add(map.Find(key)?.KeyAt ?? map.At, Full(key), what, fix, errorId);

    /// <summary>Refuses a key that does not fit the rest of the definition.</summary>
    public void MustNotHave(string key, string what, string fix)
    {
        if (Has(key))
            Wrong(key, what, fix);
    }

    /// <summary>Notes that a key is missing, unless it is there with a slip in it, which has been told already.</summary>
    public void Missing(string key, string fix)
    {
        if (!misspelt.Contains(key))
            problems.Add(map.At, Full(key), "this key is missing", fix);
    }

    /// <summary>Exactly one of these keys must stand here.</summary>
    public void ExactlyOne(params IReadOnlyList<string> choices)
    {
        var given = choices.Where(Has).ToList();
        // A refused sibling (a planned or misspelt one) has been told already: one complaint is enough.
        if (given.Count == 0 && map.Entries.All(e => keys.Known.Contains(e.Key)))
            problems.Add(map.At, Path, $"one of {string.Join(", ", choices)} is missing", "Add exactly one of them.");
        foreach (var extra in given.Skip(1))
            Wrong(extra, $"it cannot stand beside {given[0]}", "Keep exactly one of the two.");
    }

    public void AtLeastOne(params IReadOnlyList<string> choices)
    {
        if (!choices.Any(Has) && map.Entries.All(e => keys.Known.Contains(e.Key)))
            problems.Add(map.At, Path, $"one of {string.Join(", ", choices)} is missing", "Add at least one of them.");
    }

    private Node? Find(string key)
    {
        if (!keys.Known.Contains(key))
            throw new InvalidOperationException($"The key '{key}' of '{keys.Path}' is not in {nameof(DefinitionKeys)}.");
        return map.Find(key)?.Value;
    }

    private string Full(string key) => Path.Length == 0 ? key : $"{Path}.{key}";

    private void Refuse(MapEntry entry)
    {
        if (keys.Planned.Contains(entry.Key))
        {
            problems.Add(entry.KeyAt, Full(entry.Key), "this version does not act on this key", "Remove it: it is refused rather than ignored.", ErrorIds.DefinitionNotImplemented);
            return;
        }

        var meant = Nearest.Find(entry.Key, keys.Known.Concat(keys.Planned));
        if (meant is not null)
            misspelt.Add(meant);
        var fix = meant is not null
            ? $"Did you mean '{meant}'?"
            : DefinitionKeys.All.FirstOrDefault(s => s.Path != keys.Path && s.Known.Contains(entry.Key)) is { } home
                ? $"It belongs {(home.Path.Length == 0 ? "at the top" : $"under {home.Path}")}."
                : $"Known here: {string.Join(", ", keys.Known)}.";
        problems.Add(entry.KeyAt, Full(entry.Key), "unknown key", fix, ErrorIds.DefinitionUnknownKey);
    }
}
