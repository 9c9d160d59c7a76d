namespace UpgradeOps.Engine.Archives;

internal enum PublishedKind
{
    File,
    Folder,
    Link,
    HardLink,
}

/// <summary>One thing that an archive of a publisher holds, as it says itself.</summary>
/// <param name="Name">Relative, normal, with forward slashes.</param>
/// <param name="Size">Bytes; of files only.</param>
/// <param name="Executable">Somebody may run it. Of a file's mode nothing else is taken over.</param>
/// <param name="Target">Of links: as it stands there for a symbolic one, a name like <paramref name="Name"/> for a hard one.</param>
internal sealed record PublishedEntry(string Name, PublishedKind Kind, long Size, bool Executable, DateTimeOffset ModifiedAt, string? Target = null);
