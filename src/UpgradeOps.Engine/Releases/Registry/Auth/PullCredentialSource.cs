using UpgradeOps.Engine.Docker;

namespace UpgradeOps.Engine.Releases.Registry.Auth;

/// <summary>
/// Gives the engine that pulls an image the same credentials with which its registry was asked for releases. Images of other
/// registries get what <c>docker login</c> stored for them.
/// </summary>
internal sealed class PullCredentialSource(Func<string, ICredentialSource> sourceOf)
{
    /// <param name="repository">An image name without tag.</param>
    /// <returns>Null to pull anonymously.</returns>
    public async Task<PullCredentials?> FindAsync(string repository, CancellationToken cancellationToken)
    {
        var registry = ImageName.Parse(repository).Registry;
        var found = await sourceOf(registry).FindAsync(cancellationToken).ConfigureAwait(false);
        return found switch
        {
            null => null,
            { IsIdentityToken: true } => new PullCredentials { IdentityToken = found.Secret, ServerAddress = registry },
            _ => new PullCredentials { User = found.User, Password = found.Secret, ServerAddress = registry },
        };
    }
}
