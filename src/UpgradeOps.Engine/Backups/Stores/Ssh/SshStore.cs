using System.Security.Cryptography;
using System.Text;
using UpgradeOps.Engine.Apps.Definition;
using UpgradeOps.Engine.Backups.Format;
using UpgradeOps.Engine.Backups.Streams;
using UpgradeOps.Engine.Hosts.Ssh;

namespace UpgradeOps.Engine.Backups.Stores.Ssh;

/// <summary>
/// Backups in a folder of an SSH host, below <c>folder/application/id/</c>, with the same files as in the local folder. The manifest is written last
/// and goes first: without it nothing is listed.
/// </summary>
/// <param name="host">Shared with whoever else works there: only what it holds idle is closed.</param>
internal sealed class SshStore(SshStoreDefinition definition, string application, SshHost host) : IRemoteStore
{
    private const long LongestManifest = 64 << 20;

    /// <summary>How often a copy begins anew because another client sent or removed the same backup meanwhile.</summary>
    private const int MostTurns = 3;

    private readonly SshPlace _place = new(definition, application, host);

    public string Name => "ssh";

    public string LocationOf(string backupId) => $"{_place.Location}/{backupId}";

    public async Task<IReadOnlyList<string>> ListAsync(CancellationToken cancellationToken)
    {
        var (_, output) = await _place.AskAsync(_place.Scripts.List(), null, [], cancellationToken).ConfigureAwait(false);
        return [.. Encoding.UTF8.GetString(output).Split('\n').Where(BackupPaths.IsId).OrderDescending(StringComparer.Ordinal)];
    }

    public async Task<BackupManifest> ReadAsync(string backupId, CancellationToken cancellationToken)
    {
        var location = $"{LocationOf(backupId)}/{ManifestFile.Name}";
        if (!BackupPaths.IsId(backupId))
            throw NotFound(backupId);
        var (answer, bytes) = await _place.AskAsync(
            _place.Scripts.ReadManifest(backupId, LongestManifest), null, [FileScripts.Nothing, StoreScripts.Damaged], cancellationToken).ConfigureAwait(false);
        if (answer.ExitCode == FileScripts.Nothing)
            throw NotFound(backupId);
        if (answer.ExitCode == StoreScripts.Damaged)
            throw new AppException(ErrorIds.BackupDamaged, $"{location}: {answer.Reason}.", backupId);
        var manifest = ManifestFile.Parse(bytes, location);
        return manifest.BackupId == backupId && manifest.Name == application
            ? manifest
            : throw new AppException(ErrorIds.BackupDamaged, $"{location}: it is the manifest of backup '{manifest.BackupId}' of {manifest.Name}.", backupId);
    }

    public async Task WriteAsync(BackupManifest manifest, CancellationToken cancellationToken)
    {
        var bytes = ManifestFile.ToBytes(manifest);
        var (answer, _) = await _place.AskAsync(_place.Scripts.Replace(manifest.BackupId, Hash(bytes)), bytes, [FileScripts.Nothing], cancellationToken).ConfigureAwait(false);
        if (answer.ExitCode == FileScripts.Nothing)
            throw NotFound(manifest.BackupId);
    }

    public async Task UploadAsync(BackupManifest manifest, FolderBackupStore from, Action<long> progress, CancellationToken cancellationToken)
    {
        var told = new ToldProgress(progress);
        try
        {
            for (var turn = 0; turn < MostTurns; turn++)
            {
                told.BeginAnew();
                if (await new SshUpload(_place, manifest, from, told).SendAsync(cancellationToken).ConfigureAwait(false))
                    return;
            }
        }
        catch (AppException e) when (e.ErrorId == ErrorIds.StoreFull)
        {
            await TryRemoveAsync(manifest.BackupId, cancellationToken).ConfigureAwait(false);
            throw;
        }

        throw _place.Make(ErrorIds.StoreFailed, $"Another client sends or removes backup '{manifest.BackupId}' in {_place.Location} at this moment.");
    }

    public async Task<Stream> OpenAsync(BackupManifest manifest, BackupFile file, CancellationToken cancellationToken)
    {
        var there = await _place.ReachAsync(() => host.Files.StatAsync($"{_place.FolderOf(manifest.BackupId)}/{file.Path}", cancellationToken)).ConfigureAwait(false);
        return there is { IsFolder: false, LinkTarget: null } && there.Size == file.Size
            ? new SshDownload(_place, manifest.BackupId, file)
            : throw new AppException(
                ErrorIds.BackupDamaged,
                $"{LocationOf(manifest.BackupId)}/{file.Path}: {(there is { IsFolder: false, LinkTarget: null } ? $"it has {there.Size} bytes instead of {file.Size}" : "it is missing")}.",
                manifest.BackupId);
    }

    public Task RemoveAsync(string backupId, CancellationToken cancellationToken) => RemoveAsync(backupId, halfOnly: false, cancellationToken);

    public Task ClearAsync(string backupId, CancellationToken cancellationToken) => RemoveAsync(backupId, halfOnly: true, cancellationToken);

    public ValueTask DisposeAsync() => host.Connections.CloseIdleAsync(TimeSpan.Zero);

    internal static string Hash(byte[] bytes) => Hex.Of(SHA256.HashData(bytes));

    private async Task RemoveAsync(string backupId, bool halfOnly, CancellationToken cancellationToken)
    {
        if (BackupPaths.IsId(backupId))
            await _place.AskAsync(_place.Scripts.Remove(backupId, halfOnly), null, [], cancellationToken).ConfigureAwait(false);
    }

    private async Task TryRemoveAsync(string backupId, CancellationToken cancellationToken)
    {
        try
        {
            await RemoveAsync(backupId, cancellationToken).ConfigureAwait(false);
        }
        catch (AppException)
        {
            // It is not listed; the next copy goes on with it, or removes it.
        }
    }

    private AppException NotFound(string backupId) => new(ErrorIds.BackupNotFound, $"There is no backup '{backupId}' in {_place.Location}.", backupId);
}
