using System.Security.Cryptography;
using UpgradeOps.Engine.Apps.Definition;
using UpgradeOps.Engine.Apps.Secrets;
using UpgradeOps.Engine.Backups;
using UpgradeOps.Engine.Backups.Stores;
using UpgradeOps.Engine.Backups.Stores.S3;
using UpgradeOps.Engine.Backups.Stores.Ssh;
using UpgradeOps.Engine.Databases;
using UpgradeOps.Engine.Hosts.Local;
using UpgradeOps.Engine.Hosts.Ssh;

namespace UpgradeOps.Integration.Stores;

/// <summary>An application of a folder alone, whose backups go to a bucket, or to a folder of an SSH host.</summary>
internal sealed class FolderApp : IDisposable
{
    public const string Id = "20260301T020000000Z-0001";

    private readonly TempFolder _folder = new("stores-");

    private readonly Func<AppDefinition, IRemoteStore> _store;

    public FolderApp(string endpoint, string bucket, Func<S3StoreDefinition, S3StoreDefinition>? change = null)
        : this(new StoreDefinition { S3 = Bucket(endpoint, bucket, change ?? (static place => place)) }, static _ => throw new NotSupportedException()) =>
        _store = definition => new S3Store(definition.Store!.S3!, definition.Name, new Given(this), TimeProvider.System);

    /// <param name="folder">Of the host.</param>
    public FolderApp(SshHost host, string folder)
        : this(
            new StoreDefinition { Ssh = new SshStoreDefinition { Host = host.Address, Folder = folder } },
            definition => new SshStore(definition.Store!.Ssh!, definition.Name, host))
    {
    }

    private FolderApp(StoreDefinition store, Func<AppDefinition, IRemoteStore> open)
    {
        _store = open;
        Directory.CreateDirectory(Data);
        Definition = new AppDefinition
        {
            Name = "app",
            Path = _folder["app.yaml"],
            Platform = new PlatformDefinition { Service = new ServiceDefinition { Directory = _folder["app"], Command = ["run"] } },
            Releases = new ReleasesDefinition { Folder = _folder["incoming"] },
            Backups = [new BackupSourceDefinition { Folder = "data" }],
            Store = store,
        };
    }

    public AppDefinition Definition { get; }

    public string Data => _folder["app/data"];

    public string Backups => _folder["backups"];

    /// <summary>What the references of its keys lead to.</summary>
    public (string Access, string Secret) Keys { get; set; } = ("testing-key", "testing-key");

    /// <param name="folder">Another machine's working folder.</param>
    /// <param name="remote">False for an application whose definition names no store.</param>
    public BackupRoom Room(string? folder = null, bool remote = true) => new(
        Definition, new LocalHost(), new Dictionary<string, IDatabase>(), () => throw new NotSupportedException(), folder ?? Backups, TimeProvider.System, packing: null,
        secrets: new Given(this), remote: remote ? Store() : null);

    public IRemoteStore Store() => _store(Definition);

    public string Other(string name) => _folder[name];

    /// <summary>Writes what cannot be compressed.</summary>
    public void Fill(string name, int bytes) => File.WriteAllBytes(Path.Combine(Data, name), RandomNumberGenerator.GetBytes(bytes));

    public async Task<Backup> BackUpAsync(string id = Id)
    {
        await Room().CreateAsync(new BackupRequest { BackupId = id }, CancellationToken.None);
        await Room().UploadAsync(id, others: false, static (_, _, _) => { }, CancellationToken.None);
        return await Room().GetAsync(id, CancellationToken.None);
    }

    public void Dispose() => _folder.Dispose();

    private static S3StoreDefinition Bucket(string endpoint, string bucket, Func<S3StoreDefinition, S3StoreDefinition> change) => change(new S3StoreDefinition
    {
        Bucket = bucket, Prefix = "night", Endpoint = endpoint, PathStyle = true, AccessKey = "env:ACCESS", SecretKey = "env:SECRET",
    });

    private sealed class Given(FolderApp app) : ISecretResolver
    {
        public Task<string> ResolveAsync(string reference, CancellationToken cancellationToken) =>
            Task.FromResult(reference == app.Definition.Store!.S3!.AccessKey ? app.Keys.Access : app.Keys.Secret);
    }
}
