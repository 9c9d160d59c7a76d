using UpgradeOps.Engine.Backups.Stores;
using UpgradeOps.Engine.Tests.Backups.Stores.Contract;

namespace UpgradeOps.Integration.Stores;

/// <summary>The same promises by a real server.</summary>
[Collection(S3Tests.Name)]
public sealed class S3ContractTests(S3Fixture s3) : StoreContract, IDisposable
{
    private string _bucket = "";
    private FolderApp? _app;

    public void Dispose() => _app?.Dispose();

    private protected override async Task<IBackupStore> OpenAsync()
    {
        Needs.Parts(Part.S3);
        _bucket = await s3.NewBucketAsync();
        _app = new FolderApp(s3.Server.Endpoint, _bucket);
        return _app.Store();
    }

    private protected override Task PutAsync(string backupId) => _app!.BackUpAsync(backupId);

    private protected override Task LeaveHalfAsync(string backupId) => s3.Server.WriteAsync(_bucket, $"night/app/{backupId}/folders/data.tar.zst", [1, 2, 3]);
}
