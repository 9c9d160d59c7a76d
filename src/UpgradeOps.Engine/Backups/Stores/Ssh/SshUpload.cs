using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using UpgradeOps.Engine.Backups.Format;
using UpgradeOps.Engine.Backups.Streams;

namespace UpgradeOps.Engine.Backups.Stores.Ssh;

/// <summary>
/// Copies one backup. It remembers nothing: what was sent before is asked of the host and compared by hash with the bytes here, so that it goes on after a kill,
/// and from another process.
/// </summary>
internal sealed class SshUpload(SshPlace place, BackupManifest manifest, FolderBackupStore from, ToldProgress progress)
{
    /// <summary>Lost connections in a row without a byte more over there.</summary>
    private const int MostBreaks = 4;

    private readonly string _id = manifest.BackupId;
    private readonly string _sender = Guid.NewGuid().ToString("N");
    private readonly byte[] _list = Encoding.UTF8.GetBytes(ChecksumList.Of(manifest.Files));
    private readonly byte[] _manifest = ManifestFile.ToBytes(manifest);

    private string Sums => SshStore.Hash(_list);

    /// <returns>False when another client came between: to begin anew.</returns>
    /// <exception cref="AppException">One of <c>UpgradeOps.Stores.*</c>, or <see cref="ErrorIds.BackupDamaged"/>: the local file changed.</exception>
    public async Task<bool> SendAsync(CancellationToken cancellationToken)
    {
        var sealing = SshStore.Hash(_manifest);
        var (_, begun) = await AskAsync(place.Scripts.Begin(_id, Sums, sealing), _list, cancellationToken).ConfigureAwait(false);
        if (begun == "whole\n")
            return true;
        if (await LookAsync(cancellationToken).ConfigureAwait(false) is not { } there)
            return false;
        for (var i = 0; i < manifest.Files.Count; i++)
        {
            var file = manifest.Files[i];
            if (there[i] == file.Sha256)
                progress.Finish(file.Size);
            else if (!await SendAsync(file, there.Contains($"part {file.Sha256}"), cancellationToken).ConfigureAwait(false))
                return false;
        }

        return (await AskAsync(place.Scripts.Commit(_id, Sums, sealing), _manifest, cancellationToken).ConfigureAwait(false)).Code == 0;
    }

    /// <returns>A hash for each file, or a dash, then what was begun; null when another client came between.</returns>
    private async Task<List<string>?> LookAsync(CancellationToken cancellationToken)
    {
        var paths = Encoding.UTF8.GetBytes(string.Concat(manifest.Files.Select(f => $"{f.Path}\n")));
        var (code, text) = await AskAsync(place.Scripts.Look(_id), paths, cancellationToken).ConfigureAwait(false);
        if (code != 0)
            return null;
        var lines = text.Split('\n', StringSplitOptions.RemoveEmptyEntries).ToList();
        return lines.Count >= manifest.Files.Count ? lines : throw place.Make(ErrorIds.StoreFailed, $"{place.Location}: the answer about what is there cannot be read.");
    }

    private async Task<bool> SendAsync(BackupFile file, bool begun, CancellationToken cancellationToken)
    {
        using var local = new HashedFile(from.Open(manifest, file));
        var breaks = 0;
        var furthest = 0L;
        while (true)
        {
            long? offset = 0;
            if (begun)
                offset = await AdoptAsync(file, local, cancellationToken).ConfigureAwait(false);
            if (offset is not { } start)
                return false;
            if (start > furthest)
                (furthest, breaks) = (start, 0);
            begun = true;
            try
            {
                return await AppendAsync(file, local, start, cancellationToken).ConfigureAwait(false);
            }
            catch (AppException e) when (e.ErrorId == ErrorIds.HostConnectionLost)
            {
                if (++breaks > MostBreaks)
                    throw place.Explain(e);
            }
        }
    }

    /// <returns>How many bytes over there are those of the file; null when another client came between.</returns>
    private async Task<long?> AdoptAsync(BackupFile file, HashedFile local, CancellationToken cancellationToken)
    {
        var (code, text) = await AskAsync(place.Scripts.Adopt(_id, file.Sha256, _sender, file.Size), null, cancellationToken).ConfigureAwait(false);
        if (code != 0)
            return null;
        return text.TrimEnd('\n').Split(' ') is [var length, var hash] && long.TryParse(length, NumberStyles.None, CultureInfo.InvariantCulture, out var there)
            && there > 0 && await local.HashAsync(there, cancellationToken).ConfigureAwait(false) == hash
            ? there
            : 0;
    }

    private async Task<bool> AppendAsync(BackupFile file, HashedFile local, long offset, CancellationToken cancellationToken)
    {
        await local.HashAsync(offset, cancellationToken).ConfigureAwait(false);
        progress.Reach(offset);
        var (answer, _) = await place.RunAsync(
            place.Scripts.Append(_id, Sums, file.Path, file.Sha256, _sender, offset, file.Size),
            () => local.Rest(progress.Reach), repeatable: false, [StoreScripts.Changed, StoreScripts.Damaged], cancellationToken).ConfigureAwait(false);
        if (answer.ExitCode == StoreScripts.Damaged)
        {
            local.ExpectWhole();
            throw place.Make(ErrorIds.StoreFailed, $"{place.Location}/{_id} keeps other bytes of {file.Path} than were sent; they were removed there.");
        }

        if (answer.ExitCode != 0)
            return false;
        progress.Finish(file.Size);
        return true;
    }

    private async Task<(int Code, string Text)> AskAsync(string script, byte[]? input, CancellationToken cancellationToken)
    {
        var (answer, output) = await place.AskAsync(script, input, [StoreScripts.Changed], cancellationToken).ConfigureAwait(false);
        return (answer.ExitCode ?? -1, Encoding.UTF8.GetString(output));
    }
}
