using UpgradeOps.Engine.Backups;
using UpgradeOps.Engine.Hosts.Ssh;
using UpgradeOps.Integration.Hosts;

namespace UpgradeOps.Integration.Stores.Ssh;

/// <summary>What an SSH host refuses has a name and a next action, and the local backups stay listed.</summary>
public sealed class SshStoreFaultTests : IClassFixture<SshFixture>, IDisposable
{
    private readonly SshFixture _fixture;
    private readonly TempFolder _vault = new("vault-");

    public SshStoreFaultTests(SshFixture fixture)
    {
        Needs.Parts(Part.Ssh);
        _fixture = fixture;
    }

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    public void Dispose() => _vault.Dispose();

    [Fact]
    public async Task A_host_that_is_not_there_leaves_the_local_backups_listed_and_blocks_an_update_that_needs_it()
    {
        await using var nowhere = new SshHost(SshAddress.Parse($"ssh://127.0.0.1:{FreePort.Next()}")!, new SshOptions { ConfigurationFile = _fixture.Server.ConfigurationFile }, TimeProvider.System);
        using var app = new FolderApp(nowhere, _vault.Path);
        var error = await FailsAsync(app, ErrorIds.StoreUnreachable, nowhere.Address);
        Assert.Contains("refused", error.Message, StringComparison.Ordinal);
        Assert.Equal(FindingSeverity.Blocker, (await app.Room().CheckAsync(Token)).Single(f => f.ErrorId == ErrorIds.StoreUnreachable).Severity);
    }

    [Fact]
    public async Task Unknown_and_changed_host_keys_and_refused_logins_are_told_with_what_ssh_says()
    {
        var configuration = _fixture.Server.ConfigurationWith(_fixture.Server.KnownHosts, _vault["known"]);
        await using var unknown = _fixture.Open(configuration: configuration);
        using (var app = new FolderApp(unknown, _vault.Path))
            Assert.Contains("ssh -p", (await FailsAsync(app, ErrorIds.StoreUnauthorized, "not known")).Error.RecommendedAction, StringComparison.Ordinal);

        configuration = _fixture.Server.ConfigurationWith(_fixture.Server.KnownHosts, await _fixture.Server.ForeignHostKeyAsync());
        await using var changed = _fixture.Open(configuration: configuration);
        using (var app = new FolderApp(changed, _vault.Path))
            Assert.Contains("ssh-keygen -R", (await FailsAsync(app, ErrorIds.StoreUnauthorized, "host key")).Error.RecommendedAction, StringComparison.Ordinal);

        await Command.OutputAsync("ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-f", _vault["other"]);
        await using var stranger = _fixture.Open(configuration: _fixture.Server.ConfigurationWith(_fixture.Server.Key, _vault["other"]));
        using (var app = new FolderApp(stranger, _vault.Path))
            Assert.Contains("authorized_keys", (await FailsAsync(app, ErrorIds.StoreUnauthorized, "refuses the login")).Error.RecommendedAction, StringComparison.Ordinal);
        Assert.False(Directory.Exists(_vault["app"]));
    }

    [Fact]
    public async Task A_folder_that_is_not_there_is_not_made()
    {
        await using var host = _fixture.Open();
        using var app = new FolderApp(host, _vault["mount/backups"]);
        var error = await FailsAsync(app, ErrorIds.StoreFolderMissing, _vault["mount/backups"]);
        Assert.Contains("mount its disk", error.Error.RecommendedAction, StringComparison.Ordinal);
        Assert.Empty(Directory.GetFileSystemEntries(_vault.Path));
    }

    [Fact]
    public async Task A_login_that_may_not_write_or_look_there_is_told()
    {
        if (!Environment.IsPrivilegedProcess)
            Assert.Skip("Only root can become another user.");
        await using var server = await SshServer.StartAsync("ForceCommand exec setpriv --reuid=65534 --regid=65534 --clear-groups sh -c \"$SSH_ORIGINAL_COMMAND\"");
        await using var host = _fixture.Open(server);
        using var app = new FolderApp(host, _vault.Path);
        await app.Room().CreateAsync(new BackupRequest { BackupId = FolderApp.Id }, Token);

        await RefusedAsync(ErrorIds.StoreUnauthorized);
        await Command.OutputAsync("chmod", "0755", _vault.Path);
        Assert.Contains("belong to that login", await RefusedAsync(ErrorIds.StoreUnauthorized), StringComparison.Ordinal);
        Assert.Empty(await app.Store().ListAsync(Token));
        Directory.CreateDirectory(_vault["app"], UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
        await RefusedAsync(ErrorIds.StoreUnauthorized);
        Assert.Equal(ErrorIds.StoreUnauthorized, (await Assert.ThrowsAsync<AppException>(() => app.Store().ListAsync(Token))).ErrorId);
        await Command.OutputAsync("chown", "65534:65534", _vault["app"]);
        await app.Room().UploadAsync(FolderApp.Id, others: false, static (_, _, _) => { }, Token);
        Assert.Equal([FolderApp.Id], await app.Store().ListAsync(Token));

        async Task<string?> RefusedAsync(string errorId)
        {
            var error = await Assert.ThrowsAsync<AppException>(() => app.Room().UploadAsync(FolderApp.Id, others: false, static (_, _, _) => { }, Token));
            Assert.Equal(errorId, error.ErrorId);
            Assert.Contains(host.Address, error.Message, StringComparison.Ordinal);
            return error.Error.RecommendedAction;
        }
    }

    /// <summary>Tells that listing and sending fail alike, and that what is here is listed with a warning.</summary>
    private static async Task<AppException> FailsAsync(FolderApp app, string errorId, string what)
    {
        await app.Room().CreateAsync(new BackupRequest { BackupId = FolderApp.Id }, Token);
        var listing = await Assert.ThrowsAsync<AppException>(() => app.Store().ListAsync(Token));
        var sending = await Assert.ThrowsAsync<AppException>(() => app.Room().UploadAsync(FolderApp.Id, others: false, static (_, _, _) => { }, Token));
        Assert.Equal((errorId, errorId), (listing.ErrorId, sending.ErrorId));
        Assert.Contains(what, sending.Message, StringComparison.Ordinal);
        var (backups, findings) = await app.Room().ListAsync(everywhere: true, Token);
        Assert.Equal(["local"], Assert.Single(backups).Stores);
        Assert.Equal(errorId, Assert.Single(findings).ErrorId);
        return sending;
    }
}
