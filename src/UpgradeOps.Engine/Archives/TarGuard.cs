using System.Formats.Tar;

namespace UpgradeOps.Engine.Archives;

/// <summary>
/// Decides about every entry of an archive that nobody vouches for. Refused: names that lead out of the folder, names that pass through a link,
/// hard links to outside or to what did not come before, devices. A symbolic link may point anywhere: it is recreated, never followed. A pipe holds no data and harms nobody.
/// </summary>
internal sealed class TarGuard
{
    private readonly HashSet<string> _links = new(StringComparer.Ordinal);

    // Files so far, by a number of their name: a large archive has more names than fit into memory.
    private readonly HashSet<ulong> _files = [];

    /// <returns>The entry's path relative to the folder, with forward slashes; empty for the folder itself, null for what is no entry of its own.</returns>
    /// <exception cref="InvalidDataException">The entry is refused.</exception>
    public string? Check(TarEntry entry)
    {
        if (entry.EntryType is TarEntryType.GlobalExtendedAttributes)
            return null;
        var name = Normalize(entry.Name);
        RefuseThroughLink(name, entry.Name);
        switch (entry.EntryType)
        {
            case TarEntryType.RegularFile or TarEntryType.V7RegularFile or TarEntryType.ContiguousFile or TarEntryType.Fifo:
                _links.Remove(name);
                _files.Add(NumberOf(name));
                break;
            case TarEntryType.Directory:
                _links.Remove(name);
                break;
            case TarEntryType.SymbolicLink:
                if (name.Length == 0)
                    throw new InvalidDataException("the archive makes a link of the folder itself");
                _links.Add(name);
                break;
            case TarEntryType.HardLink:
                var target = Normalize(entry.LinkName);
                RefuseThroughLink(target + "/", entry.Name);
                if (name.Length == 0 || target.Length == 0)
                    throw new InvalidDataException($"the entry '{entry.Name}' is a hard link to nothing");
                if (!_files.Contains(NumberOf(target)))
                    throw new InvalidDataException($"the entry '{entry.Name}' is a hard link to '{entry.LinkName}', which did not come before it");
                _links.Remove(name);
                _files.Add(NumberOf(name));
                break;
            default:
                throw new InvalidDataException($"the entry '{entry.Name}' is neither file, folder nor link ({entry.EntryType})");
        }

        return name;
    }

    /// <summary>The target of a hard link, like an entry's path.</summary>
    public static string LinkTarget(TarEntry entry) => Normalize(entry.LinkName);

    /// <summary>A name without dots and doubled slashes.</summary>
    /// <exception cref="InvalidDataException">It leads out of the folder.</exception>
    public static string Normalize(string name)
    {
        if (name.StartsWith('/') || name.Contains('\\') && OperatingSystem.IsWindows() || name.Contains('\0'))
            throw Outside(name);
        var parts = new List<string>();
        foreach (var part in name.Split('/'))
        {
            if (part is "" or ".")
                continue;
            if (part == ".." || (OperatingSystem.IsWindows() && part.Contains(':')))
                throw Outside(name);
            parts.Add(part);
        }

        return string.Join('/', parts);
    }

    private void RefuseThroughLink(string name, string told)
    {
        for (var slash = name.IndexOf('/'); slash >= 0; slash = name.IndexOf('/', slash + 1))
        {
            if (_links.Contains(name[..slash]))
                throw new InvalidDataException($"the entry '{told}' leads through the link '{name[..slash]}'");
        }
    }

    /// <summary>FNV-1a: two names of one archive with the same number are not to be expected.</summary>
    private static ulong NumberOf(string name)
    {
        var number = 14695981039346656037UL;
        foreach (var c in name)
            number = (number ^ c) * 1099511628211UL;
        return number;
    }

    private static InvalidDataException Outside(string name) => new($"the entry '{name}' leads out of the folder");
}
