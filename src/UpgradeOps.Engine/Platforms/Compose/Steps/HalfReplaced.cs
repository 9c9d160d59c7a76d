using System.Text.RegularExpressions;
using UpgradeOps.Engine.Docker;

namespace UpgradeOps.Engine.Platforms.Compose.Steps;

/// <summary>
/// Compose makes the new container under a passing name (the old one's short id and its name), then stops and removes the old one, then
/// renames the new. A Compose that was killed on the way leaves two, which the next one does not understand, and the engine may still be
/// at work on its last request. So this only goes on in Compose's own direction, where doing a thing twice does no harm: removing the new
/// one while the engine removes the old would leave the anonymous volumes that they share to nobody.
/// </summary>
internal static partial class HalfReplaced
{
    /// <param name="made">Containers that the operation made.</param>
    /// <param name="all">All containers of the same services.</param>
    /// <returns>True when something was half replaced: what stands there now may lack networks.</returns>
    public static async Task<bool> FinishAsync(
        DockerClient docker, IReadOnlyList<ContainerDetails> made, IReadOnlyList<ContainerDetails> all, CancellationToken cancellationToken)
    {
        var found = false;
        foreach (var container in made)
        {
            if (PassingName().Match(container.DisplayName) is not { Success: true } name)
                continue;
            found = true;
            if (all.FirstOrDefault(c => c.Id.StartsWith(name.Groups["replaced"].Value, StringComparison.Ordinal)) is { } replaced)
            {
                await docker.StopContainerAsync(replaced.Id, null, cancellationToken).ConfigureAwait(false);
                await docker.RemoveContainerAsync(replaced.Id, withVolumes: false, cancellationToken).ConfigureAwait(false);
            }

            await RenameAsync(docker, container.Id, name.Groups["name"].Value, cancellationToken).ConfigureAwait(false);
        }

        return found;
    }

    private static async Task RenameAsync(DockerClient docker, string id, string name, CancellationToken cancellationToken)
    {
        try
        {
            await docker.RenameContainerAsync(id, name, cancellationToken).ConfigureAwait(false);
        }
        catch (AppException e) when (e.ErrorId == ErrorIds.EngineFailed)
        {
            // Compose's own request may have come first.
            if ((await docker.InspectContainerAsync(id, cancellationToken).ConfigureAwait(false))?.DisplayName != name)
                throw;
        }
    }

    [GeneratedRegex("^(?<replaced>[0-9a-f]{12})_(?<name>.+)$", RegexOptions.CultureInvariant)]
    private static partial Regex PassingName();
}
