using System.Collections.Concurrent;
using UpgradeOps.Engine.Apps.Definition;
using UpgradeOps.Engine.Apps.Secrets;
using UpgradeOps.Engine.Hosts;
using UpgradeOps.Engine.Releases.Folder;
using UpgradeOps.Engine.Releases.Images;
using UpgradeOps.Engine.Releases.Registry;
using UpgradeOps.Engine.Releases.Registry.Auth;
using UpgradeOps.Engine.Releases.Registry.Http;

namespace UpgradeOps.Engine.Releases;

/// <summary>
/// Where the kinds of release sources are listed. Keep one for as long as a session lasts: applications on the same registry share
/// what it asked for and the tokens it gave.
/// </summary>
/// <param name="runner">This machine, where Docker's credential helpers run.</param>
internal sealed class ReleaseSourceFactory(IHost runner, TimeProvider time, RetryPolicy? retries = null, ImagePlatform? platform = null)
{
    private readonly RetryPolicy _retries = retries ?? new RetryPolicy();
    private readonly ConcurrentDictionary<string, RegistryAuth> _auths = new();

    /// <param name="host">Where the application runs and its release folder is.</param>
    /// <exception cref="AppException"><see cref="ErrorIds.DefinitionInvalid"/>: image name or certificate file.</exception>
    public IReleaseSource Open(AppDefinition definition, IHost host, ISecretResolver secrets) => definition.Releases switch
    {
        { Image: { } image } => new ImageReleaseSource(definition.Name, definition.Releases, OpenRegistry(definition, image, secrets), platform ?? ImagePlatform.OfThisMachine()),
        { Folder: { } folder } => new FolderReleaseSource(definition.Name, definition.Releases, folder, host.Files),
        _ => throw new AppException(ErrorIds.DefinitionInvalid, $"{definition.Name}: releases names neither image nor folder.", definition.Path),
    };

    /// <summary>The credentials with which images of this application are pulled.</summary>
    public PullCredentialSource Credentials(AppDefinition definition, ISecretResolver secrets)
    {
        var own = definition.Releases.Image is { } image ? ImageName.Parse(image).Registry : null;
        return new PullCredentialSource(registry => CredentialsFor(definition.Releases, registry == own, registry, secrets));
    }

    private ICredentialSource CredentialsFor(ReleasesDefinition releases, bool own, string registry, ISecretResolver secrets) =>
        own && (releases.User is not null || releases.Password is not null)
            ? new DefinitionCredentials(releases, secrets)
            : new DockerCredentials(DockerCredentials.DefaultFolder(), registry, runner);

    private OciRegistryClient OpenRegistry(AppDefinition definition, string image, ISecretResolver secrets)
    {
        var name = ImageName.Parse(image);
        var releases = definition.Releases;
        var authorities = CertificateAuthorities.Load(releases.CertificateAuthority, name.Registry);
        var wire = new RegistryWire(RegistryHandlers.Get(authorities, viaProxy: !name.IsLoopback), _retries, time);

        var hasUser = releases.User is not null || releases.Password is not null;
        var key = $"{name.Registry} {releases.CertificateAuthority} {(hasUser ? definition.Path : "")}";
        var auth = _auths.GetOrAdd(key, _ => new RegistryAuth(wire, CredentialsFor(releases, own: true, name.Registry, secrets), time));
        // Loopback without a declared authority is plain text, as engines have it; everything else is TLS.
        return new OciRegistryClient(name, name.BaseAddress(tls: !name.IsLoopback || authorities.Count > 0), wire, auth);
    }
}
