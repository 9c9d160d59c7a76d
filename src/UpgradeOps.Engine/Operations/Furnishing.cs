using UpgradeOps.Engine.Apps.Definition;
using UpgradeOps.Engine.Apps.Secrets;
using UpgradeOps.Engine.Backups;
using UpgradeOps.Engine.Backups.Folders;
using UpgradeOps.Engine.Backups.Stores;
using UpgradeOps.Engine.Backups.Stores.S3;
using UpgradeOps.Engine.Backups.Stores.Ssh;
using UpgradeOps.Engine.Databases;
using UpgradeOps.Engine.Docker;
using UpgradeOps.Engine.Health;
using UpgradeOps.Engine.Health.Http;
using UpgradeOps.Engine.Health.Smoke;
using UpgradeOps.Engine.Hosts;
using UpgradeOps.Engine.Hosts.Local;
using UpgradeOps.Engine.Migrations;
using UpgradeOps.Engine.Platforms;
using UpgradeOps.Engine.Platforms.Compose;
using UpgradeOps.Engine.Platforms.Compose.Scratch;
using UpgradeOps.Engine.Platforms.Service;
using UpgradeOps.Engine.Platforms.Service.Assets;
using UpgradeOps.Engine.Progress;
using UpgradeOps.Engine.Releases.Git;
using UpgradeOps.Engine.Releases.Images;
using UpgradeOps.Engine.Releases.Registry.Auth;
using UpgradeOps.Engine.State;
using UpgradeOps.Engine.State.Folder;

namespace UpgradeOps.Engine.Operations;

/// <summary>Opens the rooms of an application: the one place that knows which implementation stands behind which contract.</summary>
internal static class Furnishing
{
    public static AppRooms Open(AppDefinition definition, EngineSession session, IAppState state) =>
        Open(definition, session, state, StateFolders.Of(definition.Name, null, session.Options));

    /// <param name="here">A folder of this machine for what is on its way to another one.</param>
    private static AppRooms Open(AppDefinition definition, EngineSession session, IAppState state, string here)
    {
        var time = new SteadyTime(session.Options.Time);
        var host = session.Hosts.Open(definition.Host);
        var remoteHost = definition.Host == LocalHost.Name ? null : session.Hosts.Remote(definition.Host);
        IFolders folders = remoteHost is null ? new LocalFolders() : new RemoteFolders(remoteHost);
        var redaction = new Redaction();
        var secrets = SecretResolver.For(definition, host.Files, session.Options, redaction);
        var docker = new Lazy<DockerClient>(() => new DockerClient(remoteHost is null ? DockerEndpoint.FromEnvironment(session.Variable) : RemoteEngine.On(remoteHost), time));
        var assets = session.ReleaseSources.OpenGitHub(definition, secrets) is { } github
            ? new AssetSource(github, remoteHost is null ? null : Path.Combine(here, "downloads"))
            : null;
        var platform = OpenPlatform(definition, host, docker, session.ReleaseSources.Credentials(definition, secrets), redaction, time, GitRepository.For(definition, host, secrets), assets);
        var databases = new DatabaseFactory(host, secrets, definition.Platform.Compose is null ? null : docker.Value, time).Create(definition);
        IRemoteStore? remote = definition.Store switch
        {
            { S3: { } bucket } => new S3Store(bucket, definition.Name, secrets, time),
            { Ssh: { } place } => new SshStore(place, definition.Name, session.Hosts.Remote(place.Host)),
            _ => null,
        };
        var writers = new PlatformWriters(definition.Quiesce, platform);
        var releases = session.ReleaseSources.Open(definition, host, secrets, definition.Platform.Compose is null ? null : token => EnginePlatform.AskAsync(docker.Value, token));
        return new AppRooms
        {
            Definition = definition,
            Options = session.Options with { Time = time, Progress = new RedactingProgress(session.Options.Progress, redaction) },
            Redaction = redaction,
            LearnSecretsAsync = token => LearnAsync(definition, secrets, token),
            Host = host,
            State = state,
            Platform = platform,
            Releases = releases,
            Databases = databases,
            Backups = new BackupRoom(definition, host, databases, () => docker.Value, definition.State?.Backups ?? Path.Combine(state.Location, "backups"), time, writers, secrets, remote, folders, remoteHost is null ? null : remoteHost.DialAsync),
            Writers = writers,
            Schema = new SchemaProbe(definition, databases),
            Migrations = new MigrationRoom(definition, databases, platform, releases),
            Health = new HealthProbe(
                definition, platform, time, redaction, smoke: new SmokeTests(definition, host, databases, secrets, redaction, time, remoteHost is null ? null : remoteHost.DialAsync),
                fromHost: remoteHost is null ? null : new HttpAsk(time, remoteHost.DialAsync).AskAsync),
            Beside = (other, progress, folder) => Open(
                other,
                new EngineSession(session.Options with { Progress = progress }) { Variable = session.Variable, Hosts = session.Hosts },
                new FolderState(other.Name, folder, session.Options.Time),
                folder),
            Closing = async () =>
            {
                if (remote is not null)
                    await remote.DisposeAsync().ConfigureAwait(false);
                if (docker.IsValueCreated)
                    await docker.Value.DisposeAsync().ConfigureAwait(false);
            },
        };
    }

    private static async Task LearnAsync(AppDefinition definition, SecretResolver secrets, CancellationToken cancellationToken)
    {
        foreach (var reference in References(definition))
        {
            try
            {
                await secrets.ResolveAsync(reference, cancellationToken).ConfigureAwait(false);
            }
            catch (Exception e) when (e is AppException || (e is OperationCanceledException && !cancellationToken.IsCancellationRequested))
            {
                // What cannot be found cannot leak.
            }
        }
    }

    private static IEnumerable<string> References(AppDefinition definition) => definition.Databases.Values.Select(d => d.Password)
        .Append(definition.Releases.Password)
        .Append(definition.Releases.GitHub?.Token)
        .Append(definition.Store?.S3?.AccessKey)
        .Append(definition.Store?.S3?.SecretKey)
        .Append(definition.State?.PostgreSql?.Password)
        .Concat(definition.Backups.Select(b => b.Raft?.Token))
        .Concat(definition.Generate.Select(g => g.Reference))
        .Concat(definition.Smoke.SelectMany(s => s.Secrets.Values))
        .OfType<string>();

    private static IPlatform OpenPlatform(AppDefinition definition, IHost host, Lazy<DockerClient> docker, PullCredentialSource credentials, Redaction redaction, TimeProvider time, GitRepository? repository, AssetSource? assets) =>
        definition.Platform switch
        {
            { Compose.Scratch: { } run } => new ScratchPlatform(new ComposeProject(definition, host, docker.Value, credentials.FindAsync, time) { Redaction = redaction, Repository = repository }, run),
            { Compose: not null } => new ComposePlatform(new ComposeProject(definition, host, docker.Value, credentials.FindAsync, time) { Redaction = redaction, Repository = repository }),
            { Service: not null } => new ServicePlatform(definition, host, time, repository, assets),
            _ => throw new AppException(ErrorIds.DefinitionInvalid, $"{definition.Name}: no platform is declared.", definition.Path),
        };
}
