using UpgradeOps.Engine.Apps.Definition;
using UpgradeOps.Engine.Backups;
using UpgradeOps.Engine.Backups.Streams;
using UpgradeOps.Engine.Databases;
using UpgradeOps.Engine.Hosts.Local;

namespace UpgradeOps.Engine.Tests.Backups.Fakes;

/// <summary>An application with a database, a volume, a folder and files, all within a scratch folder.</summary>
internal sealed class TestApp : IDisposable
{
    public TestApp(Killer? killer = null)
    {
        Killer = killer ?? new Killer();
        Database = new FakeDatabase(killer: Killer);
        Volumes = new FakeVolumes(Killer);
        Database.Live["members"] = [.. Enumerable.Range(1, 5).Select(n => $"member {n}")];
        Database.Live["branches"] = [];
        Volumes.Content["kmp-uploads"] = new() { ["a.png"] = "aaa", ["b/c.png"] = "ccc" };
        Scratch.Write("app/.env", "KMP_IMAGE_TAG=v1\n");
        Scratch.Write("app/docker-compose.yml", "services: {}\n");
        Scratch.Write("app/data/one.txt", "one");
        Scratch.Write("app/data/sub/two.txt", "two");
        Definition = new AppDefinition
        {
            Name = "kmp",
            Path = Scratch["kmp.yaml"],
            Platform = new PlatformDefinition { Compose = new ComposeDefinition { Directory = Scratch["app"], Service = "app", Variable = "KMP_IMAGE_TAG" } },
            Releases = new ReleasesDefinition { Image = "ghcr.io/jhandel/kmp" },
            Databases = new Dictionary<string, DatabaseDefinition>
            {
                ["main"] = new() { Engine = "mariadb", Service = "db", Database = "kmp", User = "root", Password = "env:SECRET" },
            },
            Backups =
            [
                new BackupSourceDefinition { Files = [".env", "docker-compose.yml"] },
                new BackupSourceDefinition { Database = "main" },
                new BackupSourceDefinition { Volume = "kmp-uploads" },
                new BackupSourceDefinition { Folder = "data" },
            ],
        };
    }

    public ScratchFolder Scratch { get; } = new();

    public Killer Killer { get; }

    public FakeDatabase Database { get; }

    public FakeVolumes Volumes { get; }

    public AppDefinition Definition { get; set; }

    public string BackupsFolder => Scratch["state/backups"];

    public BackupRoom Room(IWriters? writers = null) =>
        new(Definition, new LocalHost(), new Dictionary<string, IDatabase> { ["main"] = Database }, () => Volumes, BackupsFolder, TimeProvider.System, Packing.Gzip, writers);

    public Task<Backup> BackUpAsync(string id = "20260301T020000000Z-0001", bool quiesced = false) =>
        Room().CreateAsync(new BackupRequest { BackupId = id, Quiesced = quiesced, Deployment = new Deployment { Name = "kmp", Version = "v1.2.3", Digest = "sha256:aa" }, SchemaFingerprint = "f00d" }, default);

    public void Dispose() => Scratch.Dispose();
}
