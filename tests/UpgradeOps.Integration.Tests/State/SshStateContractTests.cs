using System.Text.RegularExpressions;
using UpgradeOps.Engine.Apps.Definition;
using UpgradeOps.Engine.Hosts.Ssh;
using UpgradeOps.Engine.State;
using UpgradeOps.Engine.State.Folder;
using UpgradeOps.Engine.State.Ssh;
using UpgradeOps.Integration.Hosts;
using UpgradeOps.StateContract;

namespace UpgradeOps.Integration.State;

/// <summary>What every store promises, kept by a folder of a real SSH server; a runner on that machine keeps it together with those elsewhere.</summary>
public sealed partial class SshStateContractTests : AppStateContract, IClassFixture<SshFixture>, IAsyncDisposable
{
    private readonly TempFolder _folder = new("state of ' a \" host-");
    private readonly SshFixture _fixture;
    private readonly SshHost _host;

    public SshStateContractTests(SshFixture fixture)
    {
        Needs.Parts(Part.Ssh);
        _fixture = fixture;
        _host = fixture.Open();
    }

    private string Path => _folder["-demo; $(touch here)"];

    private string LeasePath => System.IO.Path.Combine(Path, "lease.json");

    private protected override StateDefinition Place => new() { Host = _fixture.Server.Address, Folder = Path };

    public async ValueTask DisposeAsync()
    {
        await _host.DisposeAsync();
        _folder.Dispose();
    }

    [Fact]
    public async Task A_runner_on_the_host_itself_and_one_elsewhere_see_one_truth()
    {
        IAppState here = new FolderState(Name, Path, TimeProvider.System);
        await using (var lease = await here.TakeLeaseAsync("on the host", None))
        {
            await here.AppendJournalAsync(lease, "op", Line(1), None);
            await using var other = StartProcess();
            Assert.StartsWith(ErrorIds.LockHeld, await other.AskAsync("take"), StringComparison.Ordinal);
        }

        await using (var lease = await Open().TakeLeaseAsync("elsewhere", None))
        {
            await RefusedAsync(ErrorIds.LockHeld, () => here.TakeLeaseAsync("x", None));
            await RefusedAsync(ErrorIds.LockHeld, () => here.BreakLeaseAsync(force: false, None));
            await Open().AppendJournalAsync(lease, "op", Line(2), None);
            await Open().KeepFileAsync(lease, "op", "file", "kept"u8.ToArray(), None);
            await Open().ChangeAsync(lease, m => m with { Channel = "beta" }, None);
            Assert.Equal(2, lease.Fence);
        }

        await Open().NoteRefusalAsync(Line(7), None);
        Assert.Equal([Line(1), Line(2)], await here.ReadJournalAsync("op", None));
        Assert.Equal("kept"u8.ToArray(), await here.ReadFileAsync("op", "file", None));
        Assert.Equal(("beta", Line(7)), ((await here.ReadAsync(None)).Channel, Assert.Single(await here.ReadRefusalsAsync(None))));
        Assert.Null(await here.ReadLeaseAsync(None));
        var modes = await Command.OutputAsync("find", Path, "-printf", "%y %m\n");
        Assert.All(modes.Split('\n', StringSplitOptions.RemoveEmptyEntries), l => Assert.True(l is "d 700" or "f 600", l));
    }

    [Fact]
    public async Task An_owner_on_another_machine_counts_until_its_heartbeat_stands_still_by_the_hosts_clock()
    {
        var lease = await Open().TakeLeaseAsync("work", None);
        await Open().AppendJournalAsync(lease, "op", Line(1), None);
        MoveElsewhere();
        Assert.Null((await Open().ReadLeaseAsync(None))!.OwnerAlive);
        await RefusedAsync(ErrorIds.LockHeld, () => Open(new JumpingTime { Offset = TimeSpan.FromDays(400) }).TakeLeaseAsync("x", None));

        await PassExpiryAsync();
        await using var next = await Open(new JumpingTime { Hurry = 100 }).TakeLeaseAsync("next", None);
        Assert.Equal(lease.Fence + 1, next.Fence);
        await RefusedAsync(ErrorIds.LockLost, () => Open().AppendJournalAsync(lease, "op", Line(2), None));
        Assert.Equal([Line(1)], await Open().ReadJournalAsync("op", None));
    }

    [Fact]
    public async Task A_lease_is_exchanged_only_for_the_one_that_was_seen_and_once_however_often_it_is_sent()
    {
        var folder = new StateFolder(Name, _host, Path);
        Assert.NotNull(await Exchange("", "{\"first\":\"it's\"}"));
        Assert.Null(await Exchange("", "{\"second\":1}"));
        Assert.NotNull(await Exchange("", "{\"first\":\"it's\"}"));
        Assert.Equal("{\"first\":\"it's\"}", await File.ReadAllTextAsync(LeasePath));
        Assert.NotNull(await Exchange("{\"first\":\"it's\"}", "{\"second\":1}"));

        Task<string?> Exchange(string seen, string lease) => folder.WriteAsync(null, path => StateScripts.Exchange(path, seen, lease, sweep: true), None);
    }

    [Fact]
    public async Task A_torn_tail_is_cut_before_the_next_line_and_a_line_whose_answer_was_lost_is_there_once()
    {
        await using var lease = await Open().TakeLeaseAsync("work", None);
        await Open().AppendJournalAsync(lease, "op", Line(1), None);
        await File.AppendAllTextAsync(Journal("op"), Line(2)[..9]);
        ((SshLease)lease).Offsets.Clear();
        await Open().AppendJournalAsync(lease, "op", Line(3), None);
        Assert.Equal([Line(1), Line(3)], await Open().ReadJournalAsync("op", None));

        // As after an append whose answer never came: it is sent again.
        ((SshLease)lease).Offsets["op"] -= Line(3).Length + 1;
        await Open().AppendJournalAsync(lease, "op", Line(3), None);
        Assert.Equal([Line(1), Line(3)], await Open().ReadJournalAsync("op", None));
        Assert.Equal($"{Line(1)}\n{Line(3)}\n", await File.ReadAllTextAsync(Journal("op")));
    }

    [Fact]
    public async Task An_append_that_comes_late_cuts_off_no_whole_line()
    {
        await using var lease = await Open().TakeLeaseAsync("work", None);
        for (var i = 1; i <= 3; i++)
            await Open().AppendJournalAsync(lease, "op", Line(i), None);
        var folder = new StateFolder(Name, _host, Path);
        Task Late(string line, long offset) => folder.WriteAsync(lease, path => StateScripts.Append(path, lease.Fence, "op", line, offset, line.Length + 1), None);
        var (one, two) = (Line(1).Length + 1, Line(2).Length + 1);
        await RefusedAsync(ErrorIds.StateDamaged, () => Late(Line(1), 0));
        await RefusedAsync(ErrorIds.StateDamaged, () => Late(Line(2), one));
        await RefusedAsync(ErrorIds.StateDamaged, () => Late(Line(4), one + two));
        await Late(Line(3), one + two);
        Assert.Equal($"{Line(1)}\n{Line(2)}\n{Line(3)}\n", await File.ReadAllTextAsync(Journal("op")));

        // What a power cut leaves of a line may have its end.
        await File.AppendAllTextAsync(Journal("op"), new string('\0', 600) + "}\n");
        ((SshLease)lease).Offsets.Clear();
        await Open().AppendJournalAsync(lease, "op", Line(4), None);
        Assert.Equal(Enumerable.Range(1, 4).Select(Line), await Open().ReadJournalAsync("op", None));
    }

    [Fact]
    public async Task A_line_whose_fate_is_not_known_is_looked_for_before_the_next()
    {
        await using var lease = await Open().TakeLeaseAsync("work", None);
        await Open().AppendJournalAsync(lease, "op", Line(1), None);
        var journal = await File.ReadAllTextAsync(Journal("op"));
        // Its answer never comes: it is refused here, and stands there later.
        File.Delete(Journal("op"));
        await RefusedAsync(ErrorIds.StateDamaged, () => Open().AppendJournalAsync(lease, "op", Line(2), None));
        await File.WriteAllTextAsync(Journal("op"), $"{journal}{Line(2)}\n");
        await Open().AppendJournalAsync(lease, "op", Line(3), None);
        Assert.Equal([Line(1), Line(2), Line(3)], await Open().ReadJournalAsync("op", None));
    }

    [Fact]
    public async Task Connections_that_break_again_and_again_lose_no_line_and_double_none()
    {
        await using var server = await SshServer.StartAsync();
        await using var host = _fixture.Open(server);
        var state = new SshState(Name, host, Path, TimeProvider.System);
        await using var lease = await state.TakeLeaseAsync("work", None);
        for (var i = 1; i <= 24; i++)
        {
            var append = state.AppendJournalAsync(lease, "op", Line(i), None);
            if (i % 3 == 0)
            {
                // Somewhere in the middle of it, another place each time.
                await Task.Delay(4 * i, None);
                await server.CutAsync();
            }

            await append;
        }

        Assert.Equal(Enumerable.Range(1, 24).Select(Line), await state.ReadJournalAsync("op", None));
    }

    [Fact]
    public async Task Without_a_declared_folder_it_is_the_one_of_whoever_logs_in_there()
    {
        var state = new SshState("never-used-before", _host, null, TimeProvider.System);
        await state.CheckWritableAsync(None);
        var root = Environment.IsPrivilegedProcess ? "/var/lib" : $"{Environment.GetFolderPath(Environment.SpecialFolder.UserProfile)}/.local/state";
        Assert.Equal($"{_fixture.Server.Address}{root}/upgradeops/never-used-before", state.Location);
        Assert.False(Directory.Exists($"{root}/upgradeops/never-used-before"));
    }

    private protected override IAppState Open(TimeProvider? time = null) => new SshState(Name, _host, Path, time ?? TimeProvider.System);

    private protected override StateProcess StartProcess() =>
        StateProcess.Start(Name, Place, new Dictionary<string, string> { ["UPGRADEOPS_SSH_CONFIG"] = _fixture.Server.ConfigurationFile });

    private protected override Task SeedRefusalsAsync(IEnumerable<string> lines) => File.AppendAllTextAsync(System.IO.Path.Combine(Path, "refused.jsonl"), string.Concat(lines.Select(l => l + "\n")));

    private protected override async Task<int> CountRefusalsAsync() => (await File.ReadAllLinesAsync(System.IO.Path.Combine(Path, "refused.jsonl"))).Length;

    private protected override Task AssertUntouchedAsync()
    {
        Assert.Empty(Directory.EnumerateFileSystemEntries(_folder.Path));
        return Task.CompletedTask;
    }

    private protected override Task PassExpiryAsync()
    {
        File.WriteAllText(LeasePath, Expiry().Replace(File.ReadAllText(LeasePath), "\"expiresAt\":\"2020-01-01T00:00:00Z\""));
        return Task.CompletedTask;
    }

    private void MoveElsewhere() => File.WriteAllText(LeasePath, Realm().Replace(File.ReadAllText(LeasePath), "\"realm\":\"another kernel\""));

    private string Journal(string operation) => System.IO.Path.Combine(Path, "operations", operation, "journal.jsonl");

    [GeneratedRegex("\"expiresAt\":\"[^\"]*\"")]
    private static partial Regex Expiry();

    [GeneratedRegex("\"realm\":\"[^\"]*\"")]
    private static partial Regex Realm();
}
