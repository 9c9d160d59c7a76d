namespace UpgradeOps.Engine.Hosts;

/// <summary>Reads the files directly in a folder into memory, within limits.</summary>
internal static class SmallFiles
{
    /// <summary>More than any folder of scripts has; what is larger is no such folder.</summary>
    public const int MostFiles = 10_000;
    public const int LargestFile = 16 * 1024 * 1024;

    /// <returns>Contents by name; null when there is no such folder. Folders and links are left out.</returns>
    /// <exception cref="AppException"><see cref="ErrorIds.MigrationFilesMissing"/>: it holds too much.</exception>
    public static async Task<IReadOnlyDictionary<string, byte[]>?> ReadAsync(IHostFiles files, string folder, CancellationToken cancellationToken)
    {
        if (await files.StatAsync(folder, cancellationToken).ConfigureAwait(false) is not { IsFolder: true })
            return null;
        var entries = (await files.ListAsync(folder, cancellationToken).ConfigureAwait(false)).Where(e => e is { IsFolder: false, LinkTarget: null }).ToList();
        if (entries.Count > MostFiles || entries.FirstOrDefault(e => e.Size > LargestFile) is not null)
            throw TooMuch(folder);
        var found = new Dictionary<string, byte[]>();
        foreach (var entry in entries)
        {
            if (await files.ReadAsync(entry.Path, cancellationToken).ConfigureAwait(false) is { } bytes)
                found[entry.Name] = bytes;
        }

        return found;
    }

    public static AppException TooMuch(string folder) => new(
        ErrorIds.MigrationFilesMissing, $"{folder} holds more than {MostFiles} files or one above {LargestFile / 1024 / 1024} MiB: it is no folder of migrations.", folder,
        "Correct 'files:' of migrations in the definition.");
}
