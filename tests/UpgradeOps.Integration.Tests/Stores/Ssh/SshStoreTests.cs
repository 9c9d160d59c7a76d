using UpgradeOps.Engine.Backups;
using UpgradeOps.Engine.Backups.Format;
using UpgradeOps.Integration.Hosts;

namespace UpgradeOps.Integration.Stores.Ssh;

/// <summary>Backups in a folder of an SSH host: how they lie there, and what becomes of a copy that is cut, killed, damaged or sent by two at once.</summary>
public sealed class SshStoreTests : IClassFixture<SshFixture>, IDisposable
{
    private const int Large = 24 << 20;

    private readonly SshFixture _fixture;
    private readonly TempFolder _vault = new("vault-");
    private readonly FolderApp _app;

    public SshStoreTests(SshFixture fixture)
    {
        Needs.Parts(Part.Ssh);
        _fixture = fixture;
        _app = new FolderApp(fixture.Open(), _vault.Path);
    }

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    private string Copying => _vault[$"app/{FolderApp.Id}/.copying"];

    public void Dispose()
    {
        _app.Dispose();
        _vault.Dispose();
    }

    [Fact]
    public async Task A_backup_opens_there_without_us_and_comes_back_on_another_machine()
    {
        _app.Fill("large.bin", Large);
        var backup = await _app.BackUpAsync();
        Assert.Equal(["local", "ssh"], backup.Stores);
        var there = _vault[$"app/{backup.BackupId}"];
        Assert.Equal(Below(Path.Combine(_app.Backups, backup.BackupId)), Below(there));
        await AssertWholeAsync();
        Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(Path.Combine(there, backup.Files[0].Path)));
        Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute, File.GetUnixFileMode(there));

        var elsewhere = _app.Other("elsewhere");
        var (found, findings) = await _app.Room(elsewhere).ListAsync(everywhere: true, Token);
        Assert.Empty(findings);
        Assert.Equal(["ssh"], Assert.Single(found).Stores);
        var proved = await _app.Room(elsewhere).ProveAsync(backup.BackupId, ProofLevel.Structure, Token);
        Assert.Equal(["local", "ssh"], proved.Stores);
        Assert.Equal(ProofLevel.Structure, (await _app.Store().ReadAsync(backup.BackupId, Token)).Proof.Level);

        // Removed from every place, and nothing of it stays there.
        await _app.Room().RemoveAsync(backup.BackupId, Token);
        Assert.Equal([".guard.lock"], Directory.GetFileSystemEntries(_vault["app"]).Select(Path.GetFileName));
    }

    [Fact]
    public async Task What_is_there_is_not_sent_again()
    {
        _app.Fill("large.bin", Large);
        var backup = await _app.BackUpAsync();
        var file = _vault[$"app/{backup.BackupId}/{backup.Files[0].Path}"];
        var inode = await InodeAsync(file);
        await SendAsync();
        // Not even when the manifest is gone, or another one: the bytes are compared over there.
        File.Delete(_vault[$"app/{backup.BackupId}/manifest.json"]);
        Assert.Empty(await _app.Store().ListAsync(Token));
        await SendAsync();
        Assert.Equal(inode, await InodeAsync(file));
        await AssertWholeAsync();
    }

    [Fact]
    public async Task A_connection_that_is_cut_costs_what_was_on_its_way_and_no_more()
    {
        await using var server = await SshServer.StartAsync();
        await using var host = _fixture.Open(server);
        using var app = new FolderApp(host, _vault.Path);
        app.Fill("large.bin", Large);
        await app.Room().CreateAsync(new BackupRequest { BackupId = FolderApp.Id }, Token);
        var (cuts, told, inode) = (0, 0L, "");
        await app.Room().UploadAsync(
            FolderApp.Id,
            others: false,
            (_, done, _) =>
            {
                Assert.True(done > told);
                told = done;
                if (done < (cuts + 1) * (Large / 4) || cuts == 3)
                    return;
                inode = Inode(Directory.GetFiles(Copying, "*.part").Single());
                cuts++;
                server.CutAsync().GetAwaiter().GetResult();
            },
            Token);
        Assert.Equal(3, cuts);
        var file = (await app.Room().GetAsync(FolderApp.Id, Token)).Files[0];
        Assert.Equal(file.Size, told);
        // The file that was begun before the last cut is the one that is whole now.
        Assert.Equal(inode, await InodeAsync(_vault[$"app/{FolderApp.Id}/{file.Path}"]));
        await AssertWholeAsync();
    }

    [Fact]
    public async Task A_host_that_stays_away_is_told_and_the_next_copy_goes_on()
    {
        await using var server = await SshServer.StartAsync();
        await using var host = _fixture.Open(server, patience: TimeSpan.FromSeconds(2));
        using var app = new FolderApp(host, _vault.Path);
        app.Fill("large.bin", Large);
        await app.Room().CreateAsync(new BackupRequest { BackupId = FolderApp.Id }, Token);
        var gone = false;
        var error = await Assert.ThrowsAsync<AppException>(() => app.Room().UploadAsync(
            FolderApp.Id,
            others: false,
            (_, done, _) =>
            {
                if (gone || done < Large / 2)
                    return;
                gone = true;
                server.GoAwayAsync().GetAwaiter().GetResult();
            },
            Token));
        Assert.Equal(ErrorIds.StoreUnreachable, error.ErrorId);
        Assert.NotNull(error.Error.RecommendedAction);
        var inode = await InodeAsync(Directory.GetFiles(Copying, "*.part").Single());
        await server.StartAgainAsync();

        Assert.Empty(await app.Store().ListAsync(Token));
        await app.Room().UploadAsync(FolderApp.Id, others: false, static (_, _, _) => { }, Token);
        Assert.Equal(inode, await InodeAsync(_vault[$"app/{FolderApp.Id}/{(await app.Room().GetAsync(FolderApp.Id, Token)).Files[0].Path}"]));
        await AssertWholeAsync();
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task What_was_sent_before_a_kill_counts_only_as_far_as_it_is_right(bool damaged)
    {
        _app.Fill("large.bin", Large);
        await _app.Room().CreateAsync(new BackupRequest { BackupId = FolderApp.Id }, Token);
        await AbandonAsync(_app, Large / 2);
        var part = Directory.GetFiles(Copying, "*.part").Single();
        Assert.InRange(new FileInfo(part).Length, Large / 4, Large);
        if (damaged)
        {
            await using var file = File.OpenWrite(part);
            file.WriteByte(1);
            file.WriteByte(2);
        }

        var first = 0L;
        await _app.Room().UploadAsync(FolderApp.Id, others: false, (_, done, _) => first = first == 0 ? done : first, Token);
        Assert.Equal(damaged, first < Large / 4);
        await AssertWholeAsync();
    }

    [Fact]
    public async Task Two_clients_that_send_the_same_at_once_do_no_harm()
    {
        _app.Fill("large.bin", Large);
        await _app.Room().CreateAsync(new BackupRequest { BackupId = FolderApp.Id }, Token);
        var other = _app.Other("other");
        await Command.OutputAsync("cp", "-a", _app.Backups, other);
        // Where one comes to its end and the other does not yet, is another moment each time.
        for (var i = 0; i < 5; i++)
        {
            await Task.WhenAll(SendAsync(), _app.Room(other).UploadAsync(FolderApp.Id, others: false, static (_, _, _) => { }, Token));
            Assert.Equal([FolderApp.Id], await _app.Store().ListAsync(Token));
            await AssertWholeAsync();
            await _app.Store().RemoveAsync(FolderApp.Id, Token);
        }
    }

    [Fact]
    public async Task Of_two_backups_of_one_name_one_is_there_whole_or_none()
    {
        var other = _app.Other("other");
        _app.Fill("large.bin", Large);
        await _app.Room().CreateAsync(new BackupRequest { BackupId = FolderApp.Id }, Token);
        _app.Fill("large.bin", Large);
        await _app.Room(other).CreateAsync(new BackupRequest { BackupId = FolderApp.Id }, Token);
        for (var i = 0; i < 3; i++)
        {
            var outcomes = await Task.WhenAll(
                Record.ExceptionAsync(() => SendAsync()).AsTask(),
                Record.ExceptionAsync(() => _app.Room(other).UploadAsync(FolderApp.Id, others: false, static (_, _, _) => { }, Token)).AsTask());
            Assert.All(outcomes.OfType<Exception>(), e => Assert.Equal(ErrorIds.StoreFailed, Assert.IsType<AppException>(e).ErrorId));
            if ((await _app.Store().ListAsync(Token)).Count > 0)
                await AssertWholeAsync();
        }

        await SendAsync();
        await AssertWholeAsync();
    }

    [Fact]
    public async Task A_download_that_is_cut_goes_on_where_it_was()
    {
        await using var server = await SshServer.StartAsync();
        await using var host = _fixture.Open(server);
        using var app = new FolderApp(host, _vault.Path);
        app.Fill("large.bin", Large);
        var backup = await app.BackUpAsync();
        var elsewhere = app.Other("elsewhere");
        var cuts = 0;
        await app.Room(elsewhere).FetchAsync(
            backup.BackupId,
            (_, done, _) =>
            {
                if (cuts == 3 || done <= (cuts + 1) * (Large / 4))
                    return;
                cuts++;
                server.CutAsync().GetAwaiter().GetResult();
            },
            Token);
        Assert.Equal(3, cuts);
        Assert.Equal(["local", "ssh"], (await app.Room(elsewhere).GetAsync(backup.BackupId, Token)).Stores);
    }

    [Fact]
    public async Task What_was_changed_or_lost_over_there_is_noticed()
    {
        _app.Fill("large.bin", 1 << 20);
        var backup = await _app.BackUpAsync();
        var file = _vault[$"app/{backup.BackupId}/{backup.Files[0].Path}"];
        var bytes = await File.ReadAllBytesAsync(file, Token);
        bytes[bytes.Length / 2] ^= 1;
        await File.WriteAllBytesAsync(file, bytes, Token);
        var elsewhere = _app.Other("elsewhere");
        await DamagedAsync("SHA-256");
        File.Delete(file);
        await DamagedAsync("missing");
        File.CreateSymbolicLink(file, "/dev/zero");
        await DamagedAsync("missing");
        var manifest = _vault[$"app/{backup.BackupId}/manifest.json"];
        await File.WriteAllTextAsync(manifest, (await File.ReadAllTextAsync(manifest, Token)).Replace("data", "date", StringComparison.Ordinal), Token);
        await DamagedAsync("seal");
        Assert.Empty((await _app.Room(elsewhere).ListAsync(everywhere: true, Token)).Backups);

        // Whoever has it whole sends what is missing.
        await SendAsync();
        await AssertWholeAsync();

        async Task DamagedAsync(string what)
        {
            var error = await Assert.ThrowsAsync<AppException>(() => _app.Room(elsewhere).FetchAsync(backup.BackupId, static (_, _, _) => { }, Token));
            Assert.Equal(ErrorIds.BackupDamaged, error.ErrorId);
            Assert.Contains(what, error.Message, StringComparison.Ordinal);
        }
    }

    [Fact]
    public async Task A_local_file_that_changed_is_never_sent_as_if_it_were_whole()
    {
        _app.Fill("large.bin", 1 << 20);
        var backup = await _app.Room().CreateAsync(new BackupRequest { BackupId = FolderApp.Id }, Token);
        var file = Path.Combine(_app.Backups, backup.BackupId, backup.Files[0].Path);
        var bytes = await File.ReadAllBytesAsync(file, Token);
        bytes[1000] ^= 1;
        await File.WriteAllBytesAsync(file, bytes, Token);
        Assert.Equal(ErrorIds.BackupDamaged, (await Assert.ThrowsAsync<AppException>(() => SendAsync())).ErrorId);
        Assert.Empty(await _app.Store().ListAsync(Token));
    }

    [Fact]
    public async Task A_disk_that_becomes_full_over_there_keeps_nothing_of_it_and_gets_it_later()
    {
        Needs.Parts(Part.Mount);
        _app.Fill("large.bin", 32 << 20);
        await _app.Room().CreateAsync(new BackupRequest { BackupId = FolderApp.Id }, Token);
        await using var disk = await SmallDisk.OverAsync(_vault.Path, 64);
        var filled = false;
        var error = await Assert.ThrowsAsync<AppException>(() => _app.Room().UploadAsync(
            FolderApp.Id,
            others: false,
            (_, done, _) =>
            {
                if (filled || done < 16 << 20)
                    return;
                filled = true;
                disk.Fill();
            },
            Token));
        Assert.Equal(ErrorIds.StoreFull, error.ErrorId);
        Assert.Equal([".guard.lock"], Directory.GetFileSystemEntries(_vault["app"]).Select(Path.GetFileName));
        Assert.Equal(["local"], (await _app.Room().GetAsync(FolderApp.Id, Token)).Stores);
        disk.Free();

        const string Next = "20260302T020000000Z-0001";
        await _app.Room().CreateAsync(new BackupRequest { BackupId = Next }, Token);
        Assert.Equal(ErrorIds.StoreFull, Assert.Single(await _app.Room().UploadAsync(Next, others: true, static (_, _, _) => { }, Token)).ErrorId);
        await _app.Room().RemoveAsync(Next, Token);
        Assert.Empty(await _app.Room().UploadAsync(FolderApp.Id, others: true, static (_, _, _) => { }, Token));
        await AssertWholeAsync();
    }

    /// <summary>Sends a part and gives up, as a process that is killed.</summary>
    private static async Task AbandonAsync(FolderApp app, long after)
    {
        using var cut = new CancellationTokenSource();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => app.Room().UploadAsync(
            FolderApp.Id,
            others: false,
            (_, done, _) =>
            {
                if (done >= after)
                    cut.Cancel();
            },
            cut.Token));
    }

    private Task SendAsync() => _app.Room().UploadAsync(FolderApp.Id, others: false, static (_, _, _) => { }, Token);

    /// <summary>With what every Linux has, and by the manifest.</summary>
    private async Task AssertWholeAsync()
    {
        Assert.False(Directory.Exists(Copying));
        var there = _vault[$"app/{FolderApp.Id}"];
        await Command.OutputAsync("sh", "-c", $"cd '{there}' && sha256sum -c --strict SHA256SUMS");
        Assert.All(
            ManifestFile.Read(there).Files,
            f => Assert.Contains($"{f.Sha256}  {f.Path}\n", File.ReadAllText(Path.Combine(there, "SHA256SUMS")), StringComparison.Ordinal));
    }

    private static string Inode(string file) => InodeAsync(file).GetAwaiter().GetResult();

    private static async Task<string> InodeAsync(string file) => (await Command.OutputAsync("stat", "-c", "%i", file)).Trim();

    private static IEnumerable<string> Below(string folder) => Directory.GetFiles(folder, "*", SearchOption.AllDirectories)
        .Select(f => Path.GetRelativePath(folder, f)).Order(StringComparer.Ordinal);
}
