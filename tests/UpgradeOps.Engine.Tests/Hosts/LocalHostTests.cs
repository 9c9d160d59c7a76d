using System.Diagnostics;
using System.Security.Cryptography;
using UpgradeOps.Engine.Hosts;
using UpgradeOps.Engine.Hosts.Local;

namespace UpgradeOps.Engine.Tests.Hosts;

/// <summary>Against real processes; the commands are those of any Unix.</summary>
public sealed class LocalHostTests : IDisposable
{
    private readonly TempFolder folder = new();
    private readonly LocalHost host = new();

    public LocalHostTests() => Assert.SkipWhen(OperatingSystem.IsWindows(), "The commands of this test are those of Unix.");

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    public void Dispose() => folder.Dispose();

    [Fact]
    public async Task Output_error_and_exit_code_come_back_apart()
    {
        var result = await host.RunAsync(Shell("printf out; printf err >&2; exit 3"), Token);

        Assert.Equal(new CommandResult(3, "out", "err"), result);
        Assert.False(result.Succeeded);
    }

    [Fact]
    public async Task Arguments_are_never_interpreted()
    {
        string[] odd = ["two words", "a\"quote", "$HOME", "*", "", "back\\slash", "new\nline", "; exit 9"];

        var result = await host.RunAsync(new HostCommand("printf", ["%s|", .. odd]), Token);

        Assert.Equal(string.Concat(odd.Select(o => o + "|")), result.Output);
    }

    [Fact]
    public async Task A_command_that_is_not_there_has_its_own_error()
    {
        var missing = await Assert.ThrowsAsync<AppException>(() => host.RunAsync(new HostCommand("no-such-command-here"), Token));
        var relative = await Assert.ThrowsAsync<AppException>(() => host.RunAsync(new HostCommand("./sh"), Token));
        var noFolder = await Assert.ThrowsAsync<AppException>(() => host.RunAsync(Shell("true") with { WorkingDirectory = folder["no"] }, Token));

        Assert.Equal(ErrorIds.HostCommandMissing, missing.ErrorId);
        Assert.Contains("no-such-command-here", missing.Message);
        Assert.Equal(ErrorIds.HostCommandMissing, relative.ErrorId);
        Assert.Equal(ErrorIds.HostFileFailed, noFolder.ErrorId);
    }

    [Fact]
    public async Task A_command_of_the_current_folder_is_not_found()
    {
        File.WriteAllText(folder["planted"], "#!/bin/sh\necho planted\n");
        File.SetUnixFileMode(folder["planted"], (UnixFileMode)Convert.ToInt32("755", 8));

        var error = await Assert.ThrowsAsync<AppException>(() => host.RunAsync(new HostCommand("planted") { WorkingDirectory = folder.Path }, Token));

        Assert.Equal(ErrorIds.HostCommandMissing, error.ErrorId);
    }

    [Fact]
    public async Task Streams_carry_any_bytes_both_ways_at_once()
    {
        var bytes = RandomNumberGenerator.GetBytes(3_000_000);
        using var output = new MemoryStream();

        var result = await host.StreamAsync(new HostCommand("cat"), new MemoryStream(bytes), output, Token);

        Assert.Equal(0, result.ExitCode);
        Assert.True(bytes.AsSpan().SequenceEqual(output.ToArray()));
    }

    [Fact]
    public async Task A_command_that_does_not_read_its_input_ends_all_the_same()
    {
        var endless = new EndlessStream();

        var result = await host.StreamAsync(Shell("exit 4"), endless, null, Token);

        Assert.Equal(4, result.ExitCode);
    }

    [Fact]
    public async Task A_source_that_breaks_does_not_look_like_its_end()
    {
        var broken = new BrokenStream(good: 100_000);

        await Assert.ThrowsAsync<IOException>(() => host.StreamAsync(Shell($"cat >/dev/null; echo whole >{folder["end"]}"), broken, null, Token));

        Assert.False(File.Exists(folder["end"]));
    }

    [Fact]
    public async Task Output_is_bounded_to_its_end()
    {
        var result = await host.RunAsync(Shell("head -c 5000000 /dev/zero | tr '\\0' x; printf END"), Token);

        Assert.Equal(TailStream.Capacity, result.Output.Length);
        Assert.EndsWith("xEND", result.Output);
    }

    [Fact]
    public async Task Cancelling_kills_children_and_grandchildren()
    {
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(Token);
        var run = host.RunAsync(Shell($"sleep 300 & echo $! >{folder["pid"]}.tmp; mv {folder["pid"]}.tmp {folder["pid"]}; wait"), stop.Token);
        while (!File.Exists(folder["pid"]))
            await Task.Delay(10, Token);
        var grandchild = int.Parse(File.ReadAllText(folder["pid"]));

        await stop.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => run);

        Assert.True(await EndsAsync(grandchild));
    }

    [Fact]
    public async Task A_child_in_the_background_does_not_hold_up_the_answer()
    {
        var watch = Stopwatch.StartNew();

        var result = await host.RunAsync(Shell("sleep 30 & echo $!"), Token);

        Assert.True(watch.Elapsed < TimeSpan.FromSeconds(20), $"It took {watch.Elapsed}.");
        await host.RunAsync(new HostCommand("kill", result.Output.Trim()), Token);
    }

    [Fact]
    public async Task The_environment_is_added_to_ours_or_to_a_clean_one()
    {
        Environment.SetEnvironmentVariable("UPGRADEOPS_TEST_FOREIGN", "seen");
        var added = new Dictionary<string, string> { ["ADDED"] = "a b" };
        var command = Shell("printf '%s-%s-%s' \"$ADDED\" \"$UPGRADEOPS_TEST_FOREIGN\" \"${PATH:+path}\"") with { Environment = added };

        var ours = await host.RunAsync(command, Token);
        var clean = await host.RunAsync(command with { Detached = true }, Token);

        Assert.Equal("a b-seen-path", ours.Output);
        Assert.Equal("a b--path", clean.Output);
    }

    [Fact]
    public async Task A_large_output_in_small_pieces_arrives_whole()
    {
        using var output = new HashSink();
        var result = await host.StreamAsync(Shell("i=0; while [ $i -lt 60 ]; do head -c 100000 /dev/zero | tr '\\0' a; i=$((i+1)); done"), null, output, Token);
        Assert.True(result.Succeeded);
        Assert.Equal((6_000_000, true), (output.Count, output.OnlyA));
    }

    [Fact]
    public async Task Cancelling_does_not_wait_for_a_child_that_left_the_session_and_holds_the_output()
    {
        Assert.SkipUnless(File.Exists("/usr/bin/setsid"), "setsid is not installed");
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(Token);
        using var output = new HashSink();
        var pidFile = Path.Combine(Path.GetTempPath(), $"upgradeops-{Guid.NewGuid():N}");
        var running = host.StreamAsync(Shell($"setsid sh -c 'echo $$ > {pidFile}; exec sleep 60' & sleep 60"), null, output, stop.Token);
        while (!File.Exists(pidFile) || new FileInfo(pidFile).Length == 0)
            await Task.Delay(10, Token);
        await stop.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => running.WaitAsync(TimeSpan.FromSeconds(20), Token));
        using var left = System.Diagnostics.Process.GetProcessById(int.Parse(File.ReadAllText(pidFile)));
        left.Kill();
        File.Delete(pidFile);
    }

    private static HostCommand Shell(string script) => new("sh", "-c", script);

    private static async Task<bool> EndsAsync(int pid)
    {
        for (var i = 0; i < 500; i++)
        {
            // A zombie that nobody reaps is dead too.
            var stat = $"/proc/{pid}/stat";
            if (!File.Exists(stat) || File.ReadAllText(stat).Contains(") Z "))
                return true;
            await Task.Delay(10, Token);
        }

        return false;
    }

    private sealed class HashSink : MemoryStream
    {
        public int Count { get; private set; }

        public bool OnlyA { get; private set; } = true;

        public override ValueTask WriteAsync(ReadOnlyMemory<byte> buffer, CancellationToken cancellationToken = default)
        {
            Count += buffer.Length;
            OnlyA &= buffer.Span.IndexOfAnyExcept((byte)'a') < 0;
            return ValueTask.CompletedTask;
        }
    }

    private sealed class EndlessStream : MemoryStream
    {
        public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
        {
            await Task.Delay(Timeout.Infinite, cancellationToken);
            return 0;
        }
    }

    private sealed class BrokenStream(int good) : MemoryStream
    {
        private int left = good;

        public override ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
        {
            if (left == 0)
                throw new IOException("The source broke.");
            var count = Math.Min(left, buffer.Length);
            left -= count;
            return ValueTask.FromResult(count);
        }
    }
}
