using UpgradeOps.Engine.Apps.Definition;
using UpgradeOps.Engine.Apps.Secrets;

namespace UpgradeOps.Engine.Releases.Registry.Auth;

/// <summary>The user and password reference of a definition.</summary>
internal sealed class DefinitionCredentials(ReleasesDefinition releases, ISecretResolver secrets) : ICredentialSource
{
    public string? Trouble => null;

    public async Task<RegistryCredential?> FindAsync(CancellationToken cancellationToken) => releases is { User: { } user, Password: { } reference }
        ? RegistryCredential.Password(user, await secrets.ResolveAsync(reference, cancellationToken).ConfigureAwait(false), "releases.user")
        : throw new AppException(ErrorIds.DefinitionInvalid, "releases: user and password belong together.", releases.Image);
}
