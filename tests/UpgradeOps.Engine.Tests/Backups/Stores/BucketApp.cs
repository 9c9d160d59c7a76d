using System.Security.Cryptography;
using UpgradeOps.Engine.Apps.Definition;
using UpgradeOps.Engine.Apps.Secrets;
using UpgradeOps.Engine.Backups;
using UpgradeOps.Engine.Backups.Stores.S3;
using UpgradeOps.Engine.Backups.Streams;
using UpgradeOps.Engine.Databases;
using UpgradeOps.Engine.Hosts.Local;
using UpgradeOps.Engine.Tests.Backups.Fakes;

namespace UpgradeOps.Engine.Tests.Backups.Stores;

/// <summary>An application of one folder, whose backups go to a bucket.</summary>
internal sealed class BucketApp : IDisposable
{
    public const string Id = "20260301T020000000Z-0001";
    public const string Secret = "the-secret-access-key";

    private const string Access = "the-access-key-id";

    public BucketApp(string endpoint, string bucket = FakeS3.Bucket)
    {
        Endpoint = endpoint;
        Definition = new AppDefinition
        {
            Name = "app",
            Path = Scratch["app.yaml"],
            Platform = new PlatformDefinition { Service = new ServiceDefinition { Directory = Scratch["app"], Command = ["run"] } },
            Releases = new ReleasesDefinition { Folder = Scratch["incoming"] },
            Backups = [new BackupSourceDefinition { Folder = "data" }],
            Store = new StoreDefinition
            {
                S3 = new S3StoreDefinition { Bucket = bucket, Prefix = "night", Endpoint = endpoint, PathStyle = true, AccessKey = "env:ACCESS", SecretKey = "env:SECRET" },
            },
        };
        Scratch.Write("app/data/one.txt", "one");
    }

    public string Endpoint { get; }

    public ScratchFolder Scratch { get; } = new();

    public AppDefinition Definition { get; set; }

    public string Folder => Scratch["backups"];

    public BackupRoom Room(string? folder = null) => new(
        Definition, new LocalHost(), new Dictionary<string, IDatabase>(), () => throw new NotSupportedException(), folder ?? Folder, HurriedTime.Instance, Packing.Gzip,
        secrets: new Known(), remote: Store());

    public S3Store Store() => new(Definition.Store!.S3!, Definition.Name, new Known(), HurriedTime.Instance);

    /// <summary>Data that cannot be compressed: so many mebibytes make one more part than a whole number of parts.</summary>
    public void Fill(int mebibytes) => File.WriteAllBytes(Scratch["app/data/large.bin"], RandomNumberGenerator.GetBytes((mebibytes << 20) + 1000));

    public async Task<Backup> MakeAsync(string id = Id) => await Room().CreateAsync(new BackupRequest { BackupId = id }, default);

    public Task<IReadOnlyList<Finding>> SendAsync(string id = Id, bool others = false) => Room().UploadAsync(id, others, static (_, _, _) => { }, default);

    public async Task<IReadOnlyList<string>> ListedAsync() => await Store().ListAsync(default);

    public void Dispose() => Scratch.Dispose();

    private sealed class Known : ISecretResolver
    {
        public Task<string> ResolveAsync(string reference, CancellationToken cancellationToken) => Task.FromResult(reference == "env:SECRET" ? Secret : Access);
    }

    /// <summary>Waits for nothing: what is to happen in a while happens soon.</summary>
    private sealed class HurriedTime : TimeProvider
    {
        public static readonly HurriedTime Instance = new();

        public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period) =>
            System.CreateTimer(callback, state, dueTime > TimeSpan.FromSeconds(30) ? dueTime : dueTime / 20, period);
    }
}
