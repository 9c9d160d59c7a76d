using UpgradeOps.Engine.Backups.Stores;
using UpgradeOps.Engine.Tests.Backups.Stores.Contract;

namespace UpgradeOps.Engine.Tests.Backups.Stores;

public sealed class FolderStoreContractTests : StoreContract, IDisposable
{
    private readonly BucketApp _app = new("http://127.0.0.1:9");

    public void Dispose() => _app.Dispose();

    private protected override Task<IBackupStore> OpenAsync() => Task.FromResult<IBackupStore>(new FolderBackupStore(_app.Folder));

    private protected override Task PutAsync(string backupId) => _app.MakeAsync(backupId);

    private protected override Task LeaveHalfAsync(string backupId)
    {
        _app.Scratch.Write($"backups/.partial-{backupId}/manifest.json", "{}");
        return Task.CompletedTask;
    }
}

public sealed class S3StoreContractTests : StoreContract, IDisposable
{
    private readonly FakeS3 _s3 = new();
    private readonly BucketApp _app;

    public S3StoreContractTests() => _app = new BucketApp(_s3.Endpoint);

    public void Dispose()
    {
        _app.Dispose();
        _s3.Dispose();
    }

    private protected override Task<IBackupStore> OpenAsync() => Task.FromResult<IBackupStore>(_app.Store());

    private protected override async Task PutAsync(string backupId)
    {
        await _app.MakeAsync(backupId);
        await _app.SendAsync(backupId);
    }

    private protected override Task LeaveHalfAsync(string backupId)
    {
        _s3.Objects[$"night/app/{backupId}/folders/data.tar.gz"] = [1, 2, 3];
        return Task.CompletedTask;
    }
}
