namespace UpgradeOps.Engine.Archives;

/// <summary>
/// Decides about every entry of an archive that becomes a release. Beyond <see cref="TarGuard"/>: links stay within, no name comes twice or differs from another in case
/// alone, names are plain text, and all together is not larger than it may be. One archive, one instance.
/// </summary>
/// <param name="strip">Leading folders of names that are left out.</param>
/// <param name="limit">Bytes of all files together, at most.</param>
internal sealed class PublishedRules(int strip, long limit)
{
    public const int MostEntries = 200_000;

    private const int LongestName = 1024;

    // By the name without its case; a folder may be told again, anything else not.
    private readonly Dictionary<string, (string Name, PublishedKind Kind)> _taken = new(StringComparer.OrdinalIgnoreCase);

    /// <summary>Bytes of the files so far.</summary>
    public long Bytes { get; private set; }

    /// <summary>Files so far, hard links too.</summary>
    public int Files { get; private set; }

    /// <summary>What stands at the top, for a person.</summary>
    public IEnumerable<string> Top => _taken.Values.Where(t => !t.Name.Contains('/', StringComparison.Ordinal)).Select(t => t.Kind == PublishedKind.Folder ? t.Name + "/" : t.Name).Order(StringComparer.Ordinal);

    /// <returns>The entry under its name in the release; null for a folder that is left out, or was there already.</returns>
    /// <exception cref="InvalidDataException">It is refused.</exception>
    public PublishedEntry? Admit(PublishedEntry entry)
    {
        if (Strip(entry.Name, entry.Kind == PublishedKind.Folder) is not { } name)
            return null;
        AddParents(name, entry.Name);
        if (entry.Kind == PublishedKind.Folder)
            return TakeFolder(name, entry.Name) ? entry with { Name = name } : null;
        Take(name, entry.Name, entry.Kind);
        switch (entry.Kind)
        {
            case PublishedKind.Link:
                CheckLink(name, entry);
                return entry with { Name = name };
            case PublishedKind.HardLink:
                Files++;
                var target = Strip(entry.Target!, isFolder: false)!;
                return _taken.TryGetValue(target, out var to) && to.Name == target && to.Kind is PublishedKind.File or PublishedKind.HardLink && target != name
                    ? entry with { Name = name, Target = target }
                    : throw new InvalidDataException($"the entry '{Shown(entry.Name)}' is a hard link to '{Shown(entry.Target!)}', which is no file that came before it");
            default:
                Files++;
                Bytes = entry.Size < 0 || entry.Size > limit - Bytes
                    ? throw new InvalidDataException($"it unpacks to more than the {limit} bytes that it may have here")
                    : Bytes + entry.Size;
                return entry with { Name = name };
        }
    }

    /// <summary>A name as a terminal can show it.</summary>
    public static string Shown(string name) => new([.. (name.Length > 120 ? name[..120] + "…" : name).Select(static c => char.IsControl(c) ? '?' : c)]);

    private string? Strip(string name, bool isFolder)
    {
        if (name.Length > LongestName || name.Any(static c => char.IsControl(c) || c is '\\' or '\uFFFD'))
            throw new InvalidDataException($"the name '{Shown(name)}' is none that is used here: it is too long, no text, or holds a backslash or a line end");
        var parts = name.Split('/', StringSplitOptions.RemoveEmptyEntries);
        if (parts.Length > strip)
            return string.Join('/', parts[strip..]);
        return isFolder ? null : throw new InvalidDataException($"the entry '{Shown(name)}' has no {(strip > 1 ? $"{strip} leading folders" : "leading folder")} that could be left out (strip: {strip})");
    }

    private void AddParents(string name, string told)
    {
        for (var slash = name.IndexOf('/'); slash > 0; slash = name.IndexOf('/', slash + 1))
            TakeFolder(name[..slash], told);
    }

    /// <returns>False when it was there.</returns>
    private bool TakeFolder(string name, string told)
    {
        if (_taken.TryGetValue(name, out var there) && there == (name, PublishedKind.Folder))
            return false;
        Take(name, told, PublishedKind.Folder);
        return true;
    }

    private void Take(string name, string told, PublishedKind kind)
    {
        if (_taken.TryGetValue(name, out var there))
        {
            throw new InvalidDataException(there.Name != name ? $"the names '{Shown(there.Name)}' and '{Shown(name)}' differ in upper and lower case alone"
                : there.Kind != PublishedKind.Folder && kind == PublishedKind.Folder ? $"the entry '{Shown(told)}' leads through '{Shown(name)}', which is no folder"
                : $"the entry '{Shown(told)}' is there twice");
        }

        if (_taken.Count == MostEntries)
            throw new InvalidDataException($"it has more than {MostEntries} entries");
        _taken.Add(name, (name, kind));
    }

    /// <summary>
    /// A link points to something below the release, told from where it stands: first some <c>..</c>, then names. One that goes up again behind a name could lead out through
    /// another link.
    /// </summary>
    private static void CheckLink(string name, PublishedEntry entry)
    {
        var target = entry.Target ?? "";
        var depth = name.Count(static c => c == '/');
        var named = false;
        var bad = target.Length is 0 or > LongestName || target[0] == '/' || target.Any(static c => char.IsControl(c) || c is '\\' or '\uFFFD');
        foreach (var part in bad ? [] : target.Split('/', StringSplitOptions.RemoveEmptyEntries))
        {
            if (part == "..")
                bad |= named || --depth < 0;
            else
                named |= part != ".";
        }

        if (bad)
            throw new InvalidDataException($"the link '{Shown(entry.Name)}' leads out of the release, to '{Shown(target)}'");
    }
}
