using UpgradeOps.Engine.Backups.Archives;
using UpgradeOps.Engine.Backups.Format;
using UpgradeOps.Engine.Backups.Stores;
using UpgradeOps.Engine.Backups.Volumes;

namespace UpgradeOps.Engine.Backups.Sources;

/// <summary>A volume of the container engine, as one archive. It is of one moment only when nobody may write to it meanwhile.</summary>
/// <param name="declared">As the definition names it.</param>
/// <param name="storedAs">Name of its archive without extension.</param>
internal sealed class VolumeSource(IVolumes volumes, string declared, string storedAs) : IBackupSource
{
    public const string Prefix = "volume:";

    public string Id => Prefix + declared;

    public int Rank => 1;

    public async Task<long?> EstimateAsync(CancellationToken cancellationToken) =>
        await volumes.SizeAsync(await volumes.ResolveAsync(declared, cancellationToken).ConfigureAwait(false), cancellationToken).ConfigureAwait(false);

    public async Task<IReadOnlyList<Finding>> CheckAsync(CancellationToken cancellationToken)
    {
        try
        {
            await volumes.ResolveAsync(declared, cancellationToken).ConfigureAwait(false);
            return [];
        }
        catch (AppException e)
        {
            return [Findings.Blocker(e.Error, Id)];
        }
    }

    public async Task<SourceCopy> CopyAsync(PartialBackup backup, SourceContext context, CancellationToken cancellationToken)
    {
        var volume = await volumes.ResolveAsync(declared, cancellationToken).ConfigureAwait(false);
        var notes = new ChangeNotes();
        var written = await volumes.IsWrittenToAsync(volume, cancellationToken).ConfigureAwait(false);
        var file = await backup.AddAsync($"volumes/{storedAs}.tar{backup.Packing.Extension}", Id, backup.Packing.EncodingOf(Encodings.Tar), WriteAsync, cancellationToken).ConfigureAwait(false);
        written |= await volumes.IsWrittenToAsync(volume, cancellationToken).ConfigureAwait(false);
        return new SourceCopy
        {
            Consistent = (context.Quiesced || !written) && !notes.Changed,
            Target = volume,
            Notes = [.. notes.ToList().Select(n => $"{Id}: {n}")],
            RestoreCommands =
            [
                "# Any image that is here will do; the container is never started:",
                $"docker create --name restore-volume -v {ShellText.Quote(volume)}:/{DockerVolumes.MountName} \"$(docker image ls -q | head -n 1)\" none",
                $"{ShellText.Unpack(file)} | docker cp - restore-volume:/",
                "docker rm restore-volume",
            ],
        };

        async Task WriteAsync(Stream output, CancellationToken token)
        {
            using var watched = new WatchedStream(output, context.Progress);
            notes = await volumes.ReadAsync(volume, watched, token).ConfigureAwait(false);
        }
    }
}
