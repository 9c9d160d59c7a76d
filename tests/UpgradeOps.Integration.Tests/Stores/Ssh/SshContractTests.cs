using UpgradeOps.Engine.Backups.Stores;
using UpgradeOps.Engine.Tests.Backups.Stores.Contract;
using UpgradeOps.Integration.Hosts;

namespace UpgradeOps.Integration.Stores.Ssh;

/// <summary>The same promises by a folder behind a real SSH server.</summary>
public sealed class SshContractTests(SshFixture fixture) : StoreContract, IClassFixture<SshFixture>, IDisposable
{
    private readonly TempFolder _vault = new("vault-");
    private FolderApp? _app;

    public void Dispose()
    {
        _app?.Dispose();
        _vault.Dispose();
    }

    private protected override Task<IBackupStore> OpenAsync()
    {
        Needs.Parts(Part.Ssh);
        _app = new FolderApp(fixture.Open(), _vault.Path);
        return Task.FromResult<IBackupStore>(_app.Store());
    }

    private protected override Task PutAsync(string backupId) => _app!.BackUpAsync(backupId);

    private protected override async Task LeaveHalfAsync(string backupId)
    {
        _app!.Fill("large.bin", 4 << 20);
        using var cut = new CancellationTokenSource();
        await _app.Room().CreateAsync(new Engine.Backups.BackupRequest { BackupId = backupId }, CancellationToken.None);
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => _app.Room().UploadAsync(backupId, others: false, (_, _, _) => cut.Cancel(), cut.Token));
        Assert.NotEmpty(Directory.GetFiles(_vault[$"app/{backupId}/.copying"], "*.part"));
    }
}
