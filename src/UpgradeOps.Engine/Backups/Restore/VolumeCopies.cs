using UpgradeOps.Engine.Backups.Archives;
using UpgradeOps.Engine.Backups.Volumes;
using UpgradeOps.Engine.Streams;

namespace UpgradeOps.Engine.Backups.Restore;

/// <summary>Copies between volumes, and what is in one as a value that can be compared.</summary>
internal sealed class VolumeCopies(IVolumes volumes)
{
    /// <param name="resolvesLinks">As in <see cref="TarDigest"/>.</param>
    public Task<string> DigestAsync(string volume, CancellationToken cancellationToken, bool resolvesLinks = false) => Relay.RunAsync(
        (output, token) => volumes.ReadAsync(volume, output, token),
        (input, token) => TarDigest.OfAsync(input, resolvesLinks, token),
        cancellationToken);

    /// <summary>Makes a new volume with the same content; one of that name is replaced.</summary>
    /// <returns>The digest of both.</returns>
    /// <exception cref="AppException"><see cref="ErrorIds.RestoreFailed"/>: the copy is not like the original.</exception>
    public async Task<string> CopyToNewAsync(string from, string to, IReadOnlyDictionary<string, string> labels, CancellationToken cancellationToken)
    {
        await volumes.RemoveAsync(to, cancellationToken).ConfigureAwait(false);
        await volumes.CreateAsync(to, labels, cancellationToken).ConfigureAwait(false);
        await PourAsync(from, to, cancellationToken).ConfigureAwait(false);
        return await CompareAsync(from, to, cancellationToken).ConfigureAwait(false);
    }

    /// <summary>Empties a volume and fills it with another one's content.</summary>
    public async Task ReplaceAsync(string volume, string with, CancellationToken cancellationToken)
    {
        await volumes.EmptyAsync(volume, cancellationToken).ConfigureAwait(false);
        await PourAsync(with, volume, cancellationToken).ConfigureAwait(false);
        await CompareAsync(with, volume, cancellationToken).ConfigureAwait(false);
    }

    private Task PourAsync(string from, string to, CancellationToken cancellationToken) => Relay.RunAsync(
        (output, token) => volumes.ReadAsync(from, output, token),
        (input, token) => volumes.WriteAsync(to, input, token),
        cancellationToken);

    private async Task<string> CompareAsync(string original, string copy, CancellationToken cancellationToken)
    {
        var first = await DigestAsync(original, cancellationToken).ConfigureAwait(false);
        var second = await DigestAsync(copy, cancellationToken).ConfigureAwait(false);
        return first == second
            ? first
            : throw new AppException(ErrorIds.RestoreFailed, $"The content of volume {original} was copied to {copy}, but there is a difference. Something may still write to it.", original);
    }
}
