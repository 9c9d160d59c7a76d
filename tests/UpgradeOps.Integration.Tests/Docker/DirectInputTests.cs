using UpgradeOps.Engine.Docker;

namespace UpgradeOps.Integration.Docker;

/// <summary>Input of a command in a container through a pipe of the kernel, and through the engine where that cannot be.</summary>
public sealed class DirectInputTests(EngineFixture engine) : IClassFixture<EngineFixture>
{
    private const string Nowhere = "/proc/self/no-such-folder";

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData("/proc", true)]
    [InlineData(Nowhere, false)]
    public async Task All_bytes_arrive_and_output_error_text_and_exit_code_come_back(string processes, bool isDirect)
    {
        Needs.Parts(Part.Docker, Part.Registry, Part.Compiler);
        Assert.SkipUnless(!isDirect || Environment.IsPrivilegedProcess, "Another user's pipe is only open to root.");
        var bytes = new byte[5_000_001];
        new Random(5).NextBytes(bytes);
        var command = new ExecCommand("/bin/sh", "-c", "printf '%s|%s|' \"$1\" \"$SECRET\"; md5sum; echo oops >&2; exit 7", "x", "a 'b'\n$c")
        {
            Environment = new Dictionary<string, string> { ["SECRET"] = "s e'cret" },
        };
        using var output = new MemoryStream();

        var (result, direct) = await new DirectInput(engine.Client, processes).RunAsync(engine.Container, command, new MemoryStream(bytes), output, Token);

        Assert.Equal((7, "oops\n", isDirect), (result.ExitCode, result.Error, direct));
#pragma warning disable CA5351 // BusyBox's word for what arrived; nobody tries to deceive it.
        var sum = Convert.ToHexStringLower(System.Security.Cryptography.MD5.HashData(bytes));
#pragma warning restore CA5351
        Assert.Equal($"a 'b'\n$c|s e'cret|{sum}  -\n", System.Text.Encoding.UTF8.GetString(output.ToArray()));
        await AssertNothingLeftAsync();
    }

    [Theory]
    [InlineData("/proc")]
    [InlineData(Nowhere)]
    public async Task Without_a_place_for_a_pipe_and_with_nothing_to_send_it_goes_through_the_engine_too(string processes)
    {
        Needs.Parts(Part.Docker, Part.Registry, Part.Compiler);
        var nowhere = new ExecCommand("/bin/sh", "-c", "cat; exit 3") { Environment = new Dictionary<string, string> { ["TMPDIR"] = "/no/such/place" } };
        using var output = new MemoryStream();
        var (result, direct) = await new DirectInput(engine.Client, processes).RunAsync(engine.Container, nowhere, new MemoryStream("all\n"u8.ToArray()), output, Token);
        Assert.Equal((3, "", false, "all\n"), (result.ExitCode, result.Error, direct, System.Text.Encoding.UTF8.GetString(output.ToArray())));

        using var nothing = new MemoryStream();
        (result, _) = await new DirectInput(engine.Client, processes).RunAsync(engine.Container, new ExecCommand("wc", "-c"), new MemoryStream(), nothing, Token);
        Assert.Equal((0, "0"), (result.ExitCode, System.Text.Encoding.UTF8.GetString(nothing.ToArray()).Trim()));
    }

    [Theory]
    [InlineData("/proc")]
    [InlineData(Nowhere)]
    public async Task A_command_that_ends_without_reading_all_is_heard_at_once(string processes)
    {
        Needs.Parts(Part.Docker, Part.Registry, Part.Compiler);
        using var output = new MemoryStream();
        await using var endless = File.OpenRead("/dev/zero");

        var (result, _) = await new DirectInput(engine.Client, processes)
            .RunAsync(engine.Container, new ExecCommand("/bin/sh", "-c", "head -c 100000 | wc -c; echo enough >&2; exit 9"), endless, output, Token);

        Assert.Equal((9, "enough\n", "100000"), (result.ExitCode, result.Error, System.Text.Encoding.UTF8.GetString(output.ToArray()).Trim()));
    }

    [Theory]
    [InlineData("/proc")]
    [InlineData(Nowhere)]
    public async Task A_program_that_is_not_there_is_told_as_a_shell_does(string processes)
    {
        Needs.Parts(Part.Docker, Part.Registry, Part.Compiler);
        using var output = new MemoryStream();
        var (result, _) = await new DirectInput(engine.Client, processes).RunAsync(engine.Container, new ExecCommand("no-such-tool"), new MemoryStream(new byte[10]), output, Token);
        Assert.Equal(127, result.ExitCode);
        Assert.Contains("not found", result.Error, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("/proc")]
    [InlineData(Nowhere)]
    public async Task Given_up_it_returns_at_once_even_where_nobody_reads_and_the_command_sees_its_input_end(string processes)
    {
        Needs.Parts(Part.Docker, Part.Registry, Part.Compiler);
        await using var endless = File.OpenRead("/dev/zero");
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(Token);
        stop.CancelAfter(TimeSpan.FromSeconds(2));

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => new DirectInput(engine.Client, processes)
            .RunAsync(engine.Container, new ExecCommand("/bin/sh", "-c", "sleep 12; exec cat"), endless, new MemoryStream(), stop.Token)
            .WaitAsync(TimeSpan.FromSeconds(11), Token));

        await Until.TrueAsync(async () => !(await ProcessesAsync()).Contains("sleep 12", StringComparison.Ordinal), TimeSpan.FromSeconds(30), "its end", Token);
        await AssertNothingLeftAsync();
    }

    [Fact]
    public async Task What_fails_while_it_is_read_is_the_error_that_is_told()
    {
        Needs.Parts(Part.Docker, Part.Registry, Part.Compiler);
        await Assert.ThrowsAsync<InvalidDataException>(() => new DirectInput(engine.Client)
            .RunAsync(engine.Container, new ExecCommand("cat"), new Damaged(), new MemoryStream(), Token));
        await AssertNothingLeftAsync();
    }

    private async Task<string> ProcessesAsync() => (await engine.Client.ExecTextAsync(engine.Container, new ExecCommand("ps", "-o", "args"), Token)).Output;

    private async Task AssertNothingLeftAsync()
    {
        await Until.TrueAsync(async () => !(await ProcessesAsync()).Contains("upgradeops-pipe", StringComparison.Ordinal), TimeSpan.FromSeconds(30), "the shell's end", Token);
        Assert.DoesNotContain("upgradeops-pipe", (await engine.Client.ExecTextAsync(engine.Container, new ExecCommand("ls", "/tmp"), Token)).Output, StringComparison.Ordinal);
    }

    /// <summary>Half of it can be read.</summary>
    private sealed class Damaged() : MemoryStream(new byte[1 << 20])
    {
        public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default) =>
            Position < Length / 2 ? await base.ReadAsync(buffer, cancellationToken) : throw new InvalidDataException("a bit is wrong");
    }
}
