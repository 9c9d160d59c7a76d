using System.Collections.Concurrent;
using UpgradeOps.Engine.Apps.Definition;
using UpgradeOps.Engine.Apps.Secrets;
using UpgradeOps.Engine.Hosts;
using UpgradeOps.Engine.Releases.Folder;
using UpgradeOps.Engine.Releases.Git;
using UpgradeOps.Engine.Releases.GitHub;
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
internal sealed class ReleaseSourceFactory(IHost runner, TimeProvider time)
{
    private readonly ConcurrentDictionary<string, RegistryAuth> _auths = new();
    private readonly GitHubCache _github = new();

    public RetryPolicy Retries { get; init; } = new();

    /// <summary>Where <c>docker login</c> stores what it is told.</summary>
    public string DockerFolder { get; init; } = DockerCredentials.DefaultFolder();

    /// <param name="host">Where the application runs and its release folder is.</param>
    /// <param name="platform">What images must have been built for; null for this machine's. Asked for only when an image is chosen.</param>
    /// <exception cref="AppException"><see cref="ErrorIds.DefinitionInvalid"/>: image name or certificate file.</exception>
    public IReleaseSource Open(AppDefinition definition, IHost host, ISecretResolver secrets, Func<CancellationToken, Task<ImagePlatform>>? platform = null)
    {
        var bare = OpenBare(definition, host, secrets, platform ?? (static _ => Task.FromResult(ImagePlatform.OfThisMachine())));
        return definition.Releases.Changelog is { } changelog
            ? new GitHubChangelog(bare, OpenGitHub(definition.Releases, changelog, GitHubChangelog.Patience(Retries), secrets))
            : bare;
    }

    /// <returns>Null when the application's releases come from elsewhere.</returns>
    /// <exception cref="AppException"><see cref="ErrorIds.DefinitionInvalid"/>: certificate file.</exception>
    public GitHubAssets? OpenGitHub(AppDefinition definition, ISecretResolver secrets) =>
        definition.Releases.GitHub is { } github ? new GitHubAssets(github, OpenGitHub(definition.Releases, github, Retries, secrets)) : null;

    /// <summary>The credentials with which images of this application are pulled: its own registry's, else what <c>docker login</c> stored.</summary>
    public PullCredentialSource Credentials(AppDefinition definition, ISecretResolver secrets) =>
        new(registry => CredentialsFor(definition, registry, secrets));

    private IReleaseSource OpenBare(AppDefinition definition, IHost host, ISecretResolver secrets, Func<CancellationToken, Task<ImagePlatform>> platform) => definition.Releases switch
    {
        { Image: { } image } => new ImageReleaseSource(definition.Name, definition.Releases, OpenRegistry(definition, image, secrets), platform),
        { Git: not null } => new GitReleaseSource(definition.Name, definition.Releases, GitRepository.For(definition, host, secrets)!),
        { GitHub: not null } => new GitHubReleaseSource(definition.Name, definition.Releases, OpenGitHub(definition, secrets)!),
        { Folder: { } folder } => new FolderReleaseSource(definition.Name, definition.Releases, folder, host.Files),
        _ => throw new AppException(ErrorIds.DefinitionInvalid, $"{definition.Name}: releases names neither image nor folder nor git nor github.", definition.Path),
    };

    private GitHubApi OpenGitHub(ReleasesDefinition releases, GitHubPlace place, RetryPolicy retries, ISecretResolver secrets)
    {
        var address = new Uri(place.Api);
        var authorities = place.Api == GitHubPlace.PublicApi ? [] : CertificateAuthorities.Load(releases.CertificateAuthority, address.Authority);
        var wire = new RegistryWire(RegistryHandlers.Get(authorities, viaProxy: !address.IsLoopback), retries, time, new GitHubDialect());
        return new GitHubApi(place, wire, secrets, _github, time);
    }

    private OciRegistryClient OpenRegistry(AppDefinition definition, string image, ISecretResolver secrets)
    {
        var name = ImageName.Parse(image);
        var releases = definition.Releases;
        var authorities = CertificateAuthorities.Load(releases.CertificateAuthority, name.Registry);
        var wire = new RegistryWire(RegistryHandlers.Get(authorities, viaProxy: !name.IsLoopback), Retries, time);
        var key = $"{name.Registry} {releases.CertificateAuthority} {(HasUser(releases) ? $"{definition.Path} {releases.User} {releases.Password}" : "")}";
        var auth = _auths.GetOrAdd(key, _ => new RegistryAuth(wire, CredentialsFor(definition, name.Registry, secrets), time));

        // Loopback without a declared authority is plain text, as engines have it; everything else is TLS.
        return new OciRegistryClient(name, name.BaseAddress(tls: !name.IsLoopback || authorities.Count > 0), wire, auth);
    }

    private ICredentialSource CredentialsFor(AppDefinition definition, string registry, ISecretResolver secrets)
    {
        var releases = definition.Releases;
        return HasUser(releases) && releases.Image is { } own && ImageName.Parse(own).Registry == registry
            ? new DefinitionCredentials(releases, secrets)
            : new DockerCredentials(DockerFolder, registry, runner);
    }

    private static bool HasUser(ReleasesDefinition releases) => releases.User is not null || releases.Password is not null;
}
