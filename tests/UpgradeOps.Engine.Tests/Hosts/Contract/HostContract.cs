using System.Diagnostics;
using System.Security.Cryptography;
using UpgradeOps.Engine.Hosts;
using UpgradeOps.Engine.Hosts.Local;
using CommandResult = UpgradeOps.Engine.Hosts.CommandResult;

namespace UpgradeOps.Engine.Tests.Hosts;

/// <summary>What every host promises about commands. Against real processes; the commands are those of any Unix.</summary>
public abstract class HostContract : IDisposable
{
    private readonly TempFolder folder = new();

    protected HostContract() => Assert.SkipWhen(OperatingSystem.IsWindows(), "The commands of this test are those of Unix.");

    private protected abstract IHost Host { get; }

    private protected static CancellationToken Token => TestContext.Current.CancellationToken;

    public virtual void Dispose()
    {
        folder.Dispose();
        GC.SuppressFinalize(this);
    }

    [Fact]
    public async Task Output_error_and_exit_code_come_back_apart()
    {
        var result = await Host.RunAsync(Shell("printf out; printf err >&2; exit 3"), Token);

        Assert.Equal(new CommandResult(3, "out", "err"), result);
        Assert.False(result.Succeeded);
    }

    [Fact]
    public async Task Arguments_are_never_interpreted()
    {
        string[] odd = ["two words", "a\"quote", "$HOME", "*", "", "back\\slash", "new\nline", "; exit 9"];

        var result = await Host.RunAsync(new HostCommand("printf", ["%s|", .. odd]), Token);

        Assert.Equal(string.Concat(odd.Select(o => o + "|")), result.Output);
    }

    [Fact]
    public async Task A_command_that_is_not_there_has_its_own_error()
    {
        var missing = await Assert.ThrowsAsync<AppException>(() => Host.RunAsync(new HostCommand("no-such-command-here"), Token));
        var relative = await Assert.ThrowsAsync<AppException>(() => Host.RunAsync(new HostCommand("./sh"), Token));
        var noFolder = await Assert.ThrowsAsync<AppException>(() => Host.RunAsync(Shell("true") with { WorkingDirectory = folder["no"] }, Token));

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

        var error = await Assert.ThrowsAsync<AppException>(() => Host.RunAsync(new HostCommand("planted") { WorkingDirectory = folder.Path }, Token));

        Assert.Equal(ErrorIds.HostCommandMissing, error.ErrorId);
    }

    [Fact]
    public async Task Streams_carry_any_bytes_both_ways_at_once()
    {
        var bytes = RandomNumberGenerator.GetBytes(3_000_000);
        using var output = new MemoryStream();

        var result = await Host.StreamAsync(new HostCommand("cat"), new MemoryStream(bytes), output, Token);

        Assert.Equal(0, result.ExitCode);
        Assert.True(bytes.AsSpan().SequenceEqual(output.ToArray()));
    }

    [Fact]
    public async Task A_command_that_does_not_read_its_input_ends_all_the_same()
    {
        var endless = new EndlessStream();

        var result = await Host.StreamAsync(Shell("exit 4"), endless, null, Token);

        Assert.Equal(4, result.ExitCode);
    }

    [Fact]
    public async Task A_source_that_breaks_does_not_look_like_its_end()
    {
        var broken = new BrokenStream(good: 100_000);

        await Assert.ThrowsAsync<IOException>(() => Host.StreamAsync(Shell($"cat >/dev/null; echo whole >{folder["end"]}"), broken, null, Token));

        Assert.False(File.Exists(folder["end"]));
    }

    [Fact]
    public async Task Output_is_bounded_to_its_end()
    {
        var result = await Host.RunAsync(Shell("head -c 5000000 /dev/zero | tr '\\0' x; printf END"), Token);

        Assert.Equal(TailStream.Capacity, result.Output.Length);
        Assert.EndsWith("xEND", result.Output);
    }

    [Fact]
    public async Task Cancelling_kills_children_and_grandchildren()
    {
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(Token);
        var run = Host.RunAsync(Shell($"sleep 300 & echo $! >{folder["pid"]}.tmp; mv {folder["pid"]}.tmp {folder["pid"]}; wait"), stop.Token);
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

        var result = await Host.RunAsync(Shell("sleep 30 & echo $!"), Token);

        Assert.True(watch.Elapsed < TimeSpan.FromSeconds(20), $"It took {watch.Elapsed}.");
        await Host.RunAsync(Shell($"kill {result.Output.Trim()}"), Token);
    }

    [Fact]
    public async Task The_environment_is_added_whatever_its_values_hold()
    {
        const string value = "a b'c\"d$HOME\nü*\\";
        var command = Shell("printf '%s' \"$ADDED\"; printf '%s' \"${PATH:+path}\" >&2") with { Environment = new Dictionary<string, string> { ["ADDED"] = value } };

        var given = await Host.RunAsync(command, Token);
        var clean = await Host.RunAsync(command with { Detached = true }, Token);

        Assert.Equal((value, "path"), (given.Output, given.Error));
        Assert.Equal((value, "path"), (clean.Output, clean.Error));
    }

    [Fact]
    public async Task Commands_run_beside_each_other()
    {
        File.WriteAllText(folder["waits"], "");
        var first = Host.RunAsync(Shell($"while [ -f '{folder["waits"]}' ]; do sleep 0.05; done; echo first"), Token);
        var second = await Host.RunAsync(Shell($"rm '{folder["waits"]}'; echo second"), Token);

        Assert.Equal(("first\n", "second\n"), ((await first).Output, second.Output));
    }

    [Fact]
    public async Task What_a_child_in_the_background_still_writes_is_not_taken_for_the_next_answer()
    {
        await Host.RunAsync(Shell($"(while [ ! -f '{folder["go"]}' ]; do sleep 0.02; done; echo late; echo late >&2; : >'{folder["done"]}') & echo soon"), Token);
        var next = await Host.RunAsync(Shell($"echo next; : >'{folder["go"]}'; i=0; while [ ! -f '{folder["done"]}' ] && [ $i -lt 40 ]; do sleep 0.05; i=$((i+1)); done"), Token);

        Assert.Equal(new CommandResult(0, "next\n", ""), next);
    }

    [Fact]
    public async Task A_command_ends_with_the_number_of_the_signal_that_ended_it()
    {
        Assert.Equal(137, (await Host.RunAsync(Shell("kill -9 $$"), Token)).ExitCode);
        Assert.Equal("again", (await Host.RunAsync(Shell("printf again"), Token)).Output);
    }

    [Fact]
    public async Task A_large_output_in_small_pieces_arrives_whole()
    {
        using var output = new HashSink();
        var result = await Host.StreamAsync(Shell("i=0; while [ $i -lt 60 ]; do head -c 100000 /dev/zero | tr '\\0' a; i=$((i+1)); done"), null, output, Token);
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
        var running = Host.StreamAsync(Shell($"setsid sh -c 'echo $$ > {pidFile}; exec sleep 60' & sleep 60"), null, output, stop.Token);
        while (!File.Exists(pidFile) || new FileInfo(pidFile).Length == 0)
            await Task.Delay(10, Token);
        await stop.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => running.WaitAsync(TimeSpan.FromSeconds(20), Token));
        using var left = System.Diagnostics.Process.GetProcessById(int.Parse(File.ReadAllText(pidFile)));
        left.Kill();
        File.Delete(pidFile);
    }

    private protected static HostCommand Shell(string script) => new("sh", "-c", script);

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
