using UpgradeOps.Engine.Docker;

namespace UpgradeOps.Integration.Docker;

/// <summary>Output of a command in a container through a pipe of the kernel, and through the engine where that cannot be.</summary>
public sealed class DirectOutputTests(EngineFixture engine) : IClassFixture<EngineFixture>
{
    private const string Nowhere = "/proc/self/no-such-folder";

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData("/proc", true)]
    [InlineData(Nowhere, false)]
    public async Task All_bytes_the_error_text_and_the_exit_code_come(string processes, bool isDirect)
    {
        Needs.Parts(Part.Docker, Part.Registry, Part.Compiler);
        Assert.SkipUnless(!isDirect || Environment.IsPrivilegedProcess, "Another user's pipe is only open to root.");
        var command = new ExecCommand("/bin/sh", "-c", "i=0; while [ $i -lt 200000 ]; do echo \"$1 $SECRET $i\"; i=$((i+1)); done; echo oops >&2; exit 7", "x", "a 'b'\n$c")
        {
            Environment = new Dictionary<string, string> { ["SECRET"] = "s e'cret" },
        };
        using var output = new MemoryStream();

        var (result, direct) = await new DirectOutput(engine.Client, processes).RunAsync(engine.Container, command, output, Token);

        Assert.Equal((7, "oops\n", isDirect), (result.ExitCode, result.Error, direct));
        var expected = string.Concat(Enumerable.Range(0, 200000).Select(i => $"a 'b'\n$c s e'cret {i}\n"));
        Assert.Equal(expected, System.Text.Encoding.UTF8.GetString(output.ToArray()));
        await AssertNothingLeftAsync();
    }

    [Fact]
    public async Task Many_short_ones_in_a_row_all_come_directly()
    {
        Needs.Parts(Part.Docker, Part.Registry, Part.Compiler);
        Assert.SkipUnless(Environment.IsPrivilegedProcess, "Another user's pipe is only open to root.");
        for (var i = 0; i < 10; i++)
            Assert.True(await new DirectOutput(engine.Client).IsPossibleAsync(engine.Container, Token));
    }

    [Fact]
    public async Task Without_a_place_for_a_pipe_it_comes_through_the_engine()
    {
        Needs.Parts(Part.Docker, Part.Registry, Part.Compiler);
        var command = new ExecCommand("/bin/sh", "-c", "echo all; exit 3") { Environment = new Dictionary<string, string> { ["TMPDIR"] = "/no/such/place" } };
        using var output = new MemoryStream();

        var (result, direct) = await new DirectOutput(engine.Client).RunAsync(engine.Container, command, output, Token);

        Assert.Equal((3, "", false, "all\n"), (result.ExitCode, result.Error, direct, System.Text.Encoding.UTF8.GetString(output.ToArray())));
    }

    [Theory]
    [InlineData("/proc")]
    [InlineData(Nowhere)]
    public async Task Given_up_the_command_is_ended_over_there(string processes)
    {
        Needs.Parts(Part.Docker, Part.Registry, Part.Compiler);
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(Token);
        using var output = new FirstWord(stop);

        // It says one word, and then nothing for as long as anybody would wait.
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => new DirectOutput(engine.Client, processes)
            .RunAsync(engine.Container, new ExecCommand("/bin/sh", "-c", "echo word; exec sleep 4711"), output, stop.Token));

        await Until.TrueAsync(async () => !(await ProcessesAsync()).Contains("sleep 4711", StringComparison.Ordinal), TimeSpan.FromSeconds(30), "its end", Token);
        await AssertNothingLeftAsync();
    }

    [Fact]
    public async Task A_target_that_is_full_is_the_error_that_is_told_and_the_command_is_ended()
    {
        Needs.Parts(Part.Docker, Part.Registry, Part.Compiler);
        await using var full = new FileStream("/dev/full", FileMode.Open, FileAccess.Write, FileShare.ReadWrite, bufferSize: 0);
        await Assert.ThrowsAsync<IOException>(() => new DirectOutput(engine.Client).RunAsync(engine.Container, new ExecCommand("cat", "/dev/zero"), full, Token));
        await Until.TrueAsync(async () => !(await ProcessesAsync()).Contains("cat /dev/zero", StringComparison.Ordinal), TimeSpan.FromSeconds(30), "its end", Token);
    }

    private async Task<string> ProcessesAsync() => (await engine.Client.ExecTextAsync(engine.Container, new ExecCommand("ps", "-o", "args"), Token)).Output;

    private async Task AssertNothingLeftAsync()
    {
        await Until.TrueAsync(async () => !(await ProcessesAsync()).Contains("upgradeops-pipe", StringComparison.Ordinal), TimeSpan.FromSeconds(30), "the shell's end", Token);
        Assert.DoesNotContain("upgradeops-pipe", (await engine.Client.ExecTextAsync(engine.Container, new ExecCommand("ls", "/tmp"), Token)).Output, StringComparison.Ordinal);
    }

    private sealed class FirstWord(CancellationTokenSource stop) : MemoryStream
    {
        public override ValueTask WriteAsync(ReadOnlyMemory<byte> buffer, CancellationToken cancellationToken = default)
        {
            stop.CancelAfter(TimeSpan.FromMilliseconds(200));
            return ValueTask.CompletedTask;
        }
    }
}
