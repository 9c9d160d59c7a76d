using System.Security.Cryptography;
using System.Text;
using System.Text.RegularExpressions;
using UpgradeOps.Engine.Backups.Archives;
using UpgradeOps.Engine.Backups.Streams;
using UpgradeOps.Engine.Streams;

namespace UpgradeOps.Engine.Backups.Restore;

/// <summary>A folder that <c>pg_dump -Fd</c> wrote: its table of contents and a file for each table. It travels to <c>pg_restore</c> as tar.</summary>
internal static partial class DumpFolder
{
    public const string Contents = "toc.dat";

    /// <returns>Bytes of all files, and one hash over their names and contents.</returns>
    /// <exception cref="AppException"><see cref="ErrorIds.BackupDamaged"/>: something in it was not written by pg_dump, or its contents are missing.</exception>
    public static async Task<(long Size, string Sha256)> LookAsync(string folder, CancellationToken cancellationToken)
    {
        if (!File.Exists(Path.Combine(folder, Contents)))
            throw Damaged(folder, $"is a folder without {Contents}, so pg_dump -Fd did not write it");
        long size = 0;
        var list = new StringBuilder();
        foreach (var entry in new DirectoryInfo(folder).EnumerateFileSystemInfos().OrderBy(e => e.Name, StringComparer.Ordinal))
        {
            // A link would make pg_restore read something that is no part of the dump.
            if (entry is not FileInfo { LinkTarget: null } file || !Written().IsMatch(file.Name))
                throw Damaged(folder, $"holds '{entry.Name}', which pg_dump -Fd does not write");
            var stream = new FileStream(file.FullName, FileMode.Open, FileAccess.Read, FileShare.Read, 1 << 17, FileOptions.Asynchronous | FileOptions.SequentialScan);
            await using (stream.ConfigureAwait(false))
            {
                size += stream.Length;
                list.Append(file.Name).Append('\0').Append(Hex.Of(await SHA256.HashDataAsync(stream, cancellationToken).ConfigureAwait(false))).Append('\n');
            }
        }

        return (size, Hex.Of(SHA256.HashData(Encoding.UTF8.GetBytes(list.ToString()))));
    }

    /// <summary>True for a name that <c>pg_dump -Fd</c> gives to its files.</summary>
    public static bool IsWritten(string name) => Written().IsMatch(name);

    /// <summary>True for the name of a file with a table's rows, not compressed.</summary>
    public static bool IsTable(string name) => Table().IsMatch(name);

    public static Task FeedAsync(string folder, Func<Stream, CancellationToken, Task> load, CancellationToken cancellationToken) => Relay.RunAsync(
        (output, token) => Gathered.WriteAsync(output, gathered => new FolderPacker(folder).WriteAsync(gathered, token), token),
        load,
        cancellationToken);

    private static AppException Damaged(string folder, string what) => new(ErrorIds.BackupDamaged, $"{folder} {what}.", folder);

    [GeneratedRegex(@"^(toc\.dat|blobs(_\d+)?\.toc|blob_\d+\.dat(\.(gz|lz4|zst))?|\d+\.dat(\.(gz|lz4|zst))?)$")]
    private static partial Regex Written();

    [GeneratedRegex(@"^\d+\.dat$")]
    private static partial Regex Table();
}
