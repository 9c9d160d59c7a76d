namespace UpgradeOps.Engine.Archives;

internal enum ArchiveKind
{
    /// <summary>No archive: the file itself is meant.</summary>
    None,
    Tar,
    TarGzip,
    TarZstd,
    Zip,

    /// <summary>Packed in a way that is not unpacked here.</summary>
    Unknown,
}

/// <summary>What a file is, by the end of its name.</summary>
internal static class ArchiveKinds
{
    private static readonly (string Ending, ArchiveKind Kind)[] Known =
    [
        (".tar.gz", ArchiveKind.TarGzip), (".tgz", ArchiveKind.TarGzip), (".tar.zst", ArchiveKind.TarZstd), (".tar", ArchiveKind.Tar), (".zip", ArchiveKind.Zip),
    ];

    private static readonly string[] Others =
        [".gz", ".xz", ".txz", ".bz2", ".tbz", ".tbz2", ".zst", ".tzst", ".lz", ".lz4", ".lzma", ".7z", ".rar", ".deb", ".rpm", ".apk", ".dmg", ".pkg", ".msi", ".jar", ".whl"];

    public static IEnumerable<string> Endings => Known.Select(k => k.Ending);

    public static ArchiveKind Of(string name)
    {
        foreach (var (ending, kind) in Known)
        {
            if (name.EndsWith(ending, StringComparison.OrdinalIgnoreCase))
                return kind;
        }

        return Others.Any(o => name.EndsWith(o, StringComparison.OrdinalIgnoreCase)) ? ArchiveKind.Unknown : ArchiveKind.None;
    }
}
