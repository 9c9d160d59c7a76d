using System.Diagnostics;
using System.Globalization;
using System.Security.Cryptography;
using UpgradeOps.Engine.Hosts;
using UpgradeOps.Engine.Hosts.Work;
using UpgradeOps.KillHost;
using UpgradeOps.TestKit;
using CommandResult = UpgradeOps.Engine.Hosts.CommandResult;

namespace UpgradeOps.Engine.Tests.Hosts;

/// <summary>What a command with a long output promises, on every kind of host.</summary>
public abstract class SpooledCommandContract : IDisposable
{
    private protected readonly TempFolder Folder = new();

    protected SpooledCommandContract() => Assert.SkipUnless(OperatingSystem.IsLinux(), "Work is looked after with Linux's /proc.");

    private protected abstract IHost Host { get; }

    private protected static CancellationToken Token => TestContext.Current.CancellationToken;

    /// <summary>Its pieces stand in this test's own folder, by its TMPDIR.</summary>
    private protected SpooledCommand Spool(int most = 3, TimeSpan? patience = null, IHost? host = null) =>
        new(new Elsewhere(host ?? Host, Folder.Path), TimeProvider.System) { Most = most, Patience = patience ?? TimeSpan.FromMinutes(5) };

    public virtual void Dispose()
    {
        Folder.Dispose();
        GC.SuppressFinalize(this);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(8 << 20)]
    [InlineData((40 << 20) + 12345)]
    public async Task Every_byte_comes_through_in_its_order_and_nothing_stays(int length)
    {
        var bytes = new byte[length];
        new Random(7).NextBytes(bytes);
        await File.WriteAllBytesAsync(Folder["it's here"], bytes, Token);
        using var output = new MemoryStream();

        var result = await Spool().RunAsync(Shell("cat -- \"$1\"; echo \"$SECRET\" >&2", Folder["it's here"]) with { Environment = new Dictionary<string, string> { ["SECRET"] = "s e'cret" } }, output, Token);

        Assert.Equal((0, "s e'cret\n"), (result!.ExitCode, result.Error));
        Assert.Equal(SHA256.HashData(bytes), SHA256.HashData(output.ToArray()));
        Assert.Empty(Pieces());
    }

    [Fact]
    public async Task What_fails_tells_its_exit_code_and_why_after_what_it_wrote()
    {
        using var output = new MemoryStream();

        var result = await Spool().RunAsync(Shell("echo half; echo 'no such table' >&2; exit 3"), output, Token);

        Assert.Equal((3, "no such table\n", "half\n"), (result!.ExitCode, result.Error, System.Text.Encoding.UTF8.GetString(output.ToArray())));
        Assert.Empty(Pieces());
        Assert.Equal(127, (await Spool().RunAsync(new HostCommand("no-such-command-here"), Stream.Null, Token))!.ExitCode);
    }

    [Fact]
    public async Task A_slow_reader_holds_it_back_so_that_the_disk_is_not_filled()
    {
        using var output = new Slow(() => Pieces().Length);

        var result = await Spool(most: 3).RunAsync(Shell("dd if=/dev/zero bs=65536 count=1280 2>/dev/null"), output, Token);

        Assert.Equal((0, 80L << 20), (result!.ExitCode, output.Count));
        Assert.InRange(output.Largest, 1, 3);
        Assert.Empty(Pieces());
    }

    [Fact]
    public async Task Where_nobody_comes_for_it_it_ends_by_itself_and_takes_all_away()
    {
        using var reader = new CancellationTokenSource();
        var running = Spool(most: 2, TimeSpan.FromSeconds(1)).RunAsync(Shell("echo $$ >\"$1\"; exec dd if=/dev/zero bs=65536 2>/dev/null", Folder["pid"]), new Held(), reader.Token);
        await Until.TrueAsync(() => Task.FromResult(Pieces().Length >= 2), TimeSpan.FromSeconds(60), "the first pieces", Token);
        var pid = int.Parse(await File.ReadAllTextAsync(Folder["pid"], Token), CultureInfo.InvariantCulture);

        await Until.TrueAsync(() => Task.FromResult(!Directory.Exists($"/proc/{pid}") && Pieces().Length == 0), TimeSpan.FromSeconds(60), "its own end", Token);

        await reader.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => running);
    }

    [Fact]
    public async Task Cancelled_it_is_ended_with_all_that_it_started()
    {
        using var reader = new CancellationTokenSource();
        var running = Spool().RunAsync(Shell("sleep 600 & echo $! >\"$1.new\"; mv \"$1.new\" \"$1\"; wait", Folder["pid"]), Stream.Null, reader.Token);
        await Until.TrueAsync(() => Task.FromResult(File.Exists(Folder["pid"])), TimeSpan.FromSeconds(60), "its start", Token);
        var pid = int.Parse(await File.ReadAllTextAsync(Folder["pid"], Token), CultureInfo.InvariantCulture);

        await reader.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => running);

        await Until.TrueAsync(() => Task.FromResult(!IsAlive(pid)), TimeSpan.FromSeconds(60), "its end", Token);
        Assert.Empty(Pieces());
    }

    [Fact]
    public async Task One_that_was_killed_over_there_is_no_end()
    {
        var running = Spool().RunAsync(Shell("echo some; echo $PPID >\"$1.new\"; mv \"$1.new\" \"$1\"; exec sleep 600", Folder["pid"]), Stream.Null, Token);
        await Until.TrueAsync(() => Task.FromResult(File.Exists(Folder["pid"])), TimeSpan.FromSeconds(60), "its start", Token);
        var worker = int.Parse(File.ReadAllText(Path.Combine(Directory.GetDirectories(Folder.Path, "upgradeops-output.*").Single(), "pid")).Split(' ')[0], CultureInfo.InvariantCulture);

        Assert.True(Signals.Send(-worker, Signals.Kill));

        Assert.Equal(ErrorIds.HostCommandFailed, (await Assert.ThrowsAsync<AppException>(() => running)).ErrorId);
        Assert.Empty(Pieces());
    }

    [Fact]
    public async Task A_disk_over_there_that_is_full_is_called_so_and_nothing_stays()
    {
        Directory.CreateDirectory(Folder["bin"]);
        await File.WriteAllTextAsync(Folder["bin/dd"], "#!/bin/sh\necho \"dd: error writing '$PWD': No space left on device\" >&2\nexit 1\n", Token);
        File.SetUnixFileMode(Folder["bin/dd"], UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
        var full = new Dictionary<string, string> { ["PATH"] = $"{Folder["bin"]}:{Environment.GetEnvironmentVariable("PATH")}" };

        var error = await Assert.ThrowsAsync<AppException>(() => Spool().RunAsync(Shell("yes") with { Environment = full }, Stream.Null, Token));

        Assert.Equal(ErrorIds.DiskTooFull, error.ErrorId);
        Assert.Contains("No space left", error.Message, StringComparison.Ordinal);
        Assert.Empty(Directory.GetDirectories(Folder.Path, "upgradeops-output.*"));
    }

    private protected string[] Pieces() => [.. Directory.GetDirectories(Folder.Path, "upgradeops-output.*").SelectMany(d => Directory.GetFiles(d, "piece.*"))];

    private protected static HostCommand Shell(string script, params string[] arguments) => new("sh", ["-c", script, "work", .. arguments]);

    private static bool IsAlive(int pid)
    {
        try
        {
            return !File.ReadAllText($"/proc/{pid}/stat").Split(") ")[1].StartsWith('Z');
        }
        catch (IOException)
        {
            return false;
        }
    }

    private sealed class Slow(Func<int> pieces) : Counting
    {
        public int Largest { get; private set; }

        public override async ValueTask WriteAsync(ReadOnlyMemory<byte> buffer, CancellationToken cancellationToken = default)
        {
            await Task.Delay(150, cancellationToken);
            Largest = Math.Max(Largest, pieces());
            await base.WriteAsync(buffer, cancellationToken);
        }
    }

    private sealed class Held : Counting
    {
        public override async ValueTask WriteAsync(ReadOnlyMemory<byte> buffer, CancellationToken cancellationToken = default) => await Task.Delay(Timeout.Infinite, cancellationToken);
    }

    private abstract class Counting : MemoryStream
    {
        public long Count { get; private set; }

        public override ValueTask WriteAsync(ReadOnlyMemory<byte> buffer, CancellationToken cancellationToken = default)
        {
            Count += buffer.Length;
            return ValueTask.CompletedTask;
        }
    }

    /// <summary>Its temporary files are in a folder of the test's.</summary>
    private sealed class Elsewhere(IHost host, string folder) : IHost
    {
        public string Address => host.Address;

        public IHostFiles Files => host.Files;

        public ValueTask DisposeAsync() => ValueTask.CompletedTask;

        public Task<CommandResult> RunAsync(HostCommand command, CancellationToken cancellationToken) => host.RunAsync(With(command), cancellationToken);

        public Task<CommandResult> StreamAsync(HostCommand command, Stream? input, Stream? output, CancellationToken cancellationToken) => host.StreamAsync(With(command), input, output, cancellationToken);

        private HostCommand With(HostCommand command) => command with { Environment = new Dictionary<string, string>(command.Environment) { ["TMPDIR"] = folder } };
    }
}
