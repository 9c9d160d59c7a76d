using UpgradeOps.Engine.Backups.Stores;
using UpgradeOps.Engine.Backups.Volumes;
using UpgradeOps.Engine.Hosts;

namespace UpgradeOps.Engine.Backups.Sources;

/// <summary>
/// An SQLite database that containers work with, copied through the volume's folder on this machine: the same files under the same kernel, so
/// SQLite's own locks hold between the tool here and the application there.
/// </summary>
/// <param name="storedAs">Name of the copy without extension.</param>
internal sealed class VolumeSqliteSource(IHost host, SqliteInVolume place, IVolumes volumes, string storedAs) : IBackupSource
{
    public string Id => place.Id;

    public int Rank => 0;

    public async Task<long?> EstimateAsync(CancellationToken cancellationToken) =>
        await (await OpenAsync(cancellationToken).ConfigureAwait(false)).EstimateAsync(cancellationToken).ConfigureAwait(false);

    public async Task<IReadOnlyList<Finding>> CheckAsync(CancellationToken cancellationToken)
    {
        try
        {
            return await (await OpenAsync(cancellationToken).ConfigureAwait(false)).CheckAsync(cancellationToken).ConfigureAwait(false);
        }
        catch (AppException e)
        {
            return [Findings.Blocker(e.Error, Id)];
        }
    }

    public async Task<SourceCopy> CopyAsync(PartialBackup backup, SourceContext context, CancellationToken cancellationToken) =>
        await (await OpenAsync(cancellationToken).ConfigureAwait(false)).CopyAsync(backup, context, cancellationToken).ConfigureAwait(false);

    private async Task<SqliteSource> OpenAsync(CancellationToken cancellationToken) =>
        new(host, Id, await place.LocateAsync(volumes, cancellationToken).ConfigureAwait(false), storedAs);
}
