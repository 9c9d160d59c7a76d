using System.Security.Cryptography;
using UpgradeOps.Engine.Docker;

namespace UpgradeOps.Integration.Docker;

public sealed class ExecTests(EngineFixture engine) : IClassFixture<EngineFixture>
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Bytes_pass_through_a_command_as_they_are()
    {
        Needs.Parts(Part.Docker, Part.Registry, Part.Compiler);
        var bytes = new byte[8 * 1024 * 1024 + 13];
        new Random(1).NextBytes(bytes);
        using var output = new MemoryStream();

        var result = await engine.Client.ExecAsync(engine.Container, new ExecCommand("cat"), new MemoryStream(bytes), output, Token);

        Assert.Equal((0, ""), (result.ExitCode, result.Error));
        Assert.Equal(bytes, output.ToArray());
    }

    [Fact]
    public async Task A_commands_environment_user_folder_exit_code_and_error_text_are_its_own()
    {
        Needs.Parts(Part.Docker, Part.Registry, Part.Compiler);
        var command = new ExecCommand("/bin/sh", "-c", "echo \"$SECRET|$(id -u)|$PWD|$0|$1\"; echo oops >&2; exit 7", "a b", "$x'\"")
        {
            Environment = new Dictionary<string, string> { ["SECRET"] = "p=ä 'q\"" },
            User = "1234",
            WorkingDirectory = "/tmp",
        };

        var (result, output) = await engine.Client.ExecTextAsync(engine.Container, command, Token);

        Assert.Equal("p=ä 'q\"|1234|/tmp|a b|$x'\"\n", output);
        Assert.Equal((7, "oops\n"), (result.ExitCode, result.Error));
    }

    [Fact]
    public async Task A_command_that_ends_before_its_input_does_tells_its_exit_code()
    {
        Needs.Parts(Part.Docker, Part.Registry, Part.Compiler);
        var result = await engine.Client.ExecAsync(
            engine.Container, new ExecCommand("/bin/sh", "-c", "head -c 10 >/dev/null; echo enough >&2; exit 3"), new EndlessStream(), null, Token);
        Assert.Equal((3, "enough\n"), (result.ExitCode, result.Error));
    }

    [Fact]
    public async Task A_source_that_fails_is_the_error_that_is_told()
    {
        Needs.Parts(Part.Docker, Part.Registry, Part.Compiler);
        var e = await Assert.ThrowsAsync<InvalidDataException>(() => engine.Client.ExecAsync(
            engine.Container, new ExecCommand("cat"), new EndlessStream(failAfter: 1 << 20), Stream.Null, Token));
        Assert.Equal("the backup is damaged", e.Message);
    }

    [Fact]
    public async Task A_target_that_is_full_is_the_error_that_is_told()
    {
        Needs.Parts(Part.Docker, Part.Registry, Part.Compiler);
        await using var full = new FileStream("/dev/full", FileMode.Open, FileAccess.Write, FileShare.ReadWrite, bufferSize: 0);
        await Assert.ThrowsAsync<IOException>(() => engine.Client.ExecAsync(
            engine.Container, new ExecCommand("cat", "/dev/zero"), null, full, Token));
    }

    [Fact]
    public async Task A_command_that_does_not_exist_is_a_failure()
    {
        Needs.Parts(Part.Docker, Part.Registry, Part.Compiler);
        var (result, output) = await engine.Client.ExecTextAsync(engine.Container, new ExecCommand("no-such-tool"), Token);
        Assert.NotEqual(0, result.ExitCode);
        Assert.Contains("no-such-tool", output + result.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_container_that_is_not_there_or_does_not_run_is_told()
    {
        Needs.Parts(Part.Docker, Part.Registry, Part.Compiler);
        var gone = await Assert.ThrowsAsync<AppException>(() => engine.Client.ExecTextAsync("no-such-container", new ExecCommand("true"), Token));
        Assert.Equal(ErrorIds.EngineFailed, gone.ErrorId);
        Assert.Contains("no-such-container", gone.Message, StringComparison.Ordinal);

        var created = await engine.CreateAsync("true");
        var stopped = await Assert.ThrowsAsync<AppException>(() => engine.Client.ExecTextAsync(created, new ExecCommand("true"), Token));
        Assert.Contains("not running", stopped.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_container_that_is_killed_never_looks_like_a_short_success()
    {
        Needs.Parts(Part.Docker, Part.Registry, Part.Compiler);
        var container = await engine.CreateAsync("sleep 1000");
        await engine.Client.StartContainerAsync(container, Token);
        var run = engine.Client.ExecAsync(container, new ExecCommand("/bin/sh", "-c", "while :; do echo x; done"), null, Stream.Null, Token);
        await Task.Delay(200, Token);
        await engine.Client.KillContainerAsync(container, "SIGKILL", Token);
        var code = -1;
        try
        {
            code = (await run).ExitCode;
        }
        catch (AppException)
        {
        }

        Assert.NotEqual(0, code);
    }

    [Fact]
    public async Task Cancelling_ends_the_call_at_once()
    {
        Needs.Parts(Part.Docker, Part.Registry, Part.Compiler);
        using var source = CancellationTokenSource.CreateLinkedTokenSource(Token);
        source.CancelAfter(300);
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => engine.Client.ExecAsync(
            engine.Container, new ExecCommand("sleep", "100"), null, Stream.Null, source.Token));
    }

    [Fact]
    public async Task A_long_output_is_whole_and_memory_stays_flat()
    {
        Needs.Parts(Part.Docker, Part.Registry, Part.Compiler);
        const long Length = 512L << 20;
        using var hash = new HashingStream();
        var before = GC.GetTotalAllocatedBytes();

        var result = await engine.Client.ExecAsync(
            engine.Container, new ExecCommand("head", "-c", Length.ToString(), "/dev/zero"), null, hash, Token);

        Assert.True(result.Succeeded);
        Assert.Equal(Length, hash.Length);
        // Other tests allocate in this process meanwhile; whoever keeps the output needs room for all of it.
        var allocated = GC.GetTotalAllocatedBytes() - before;
        Assert.True(allocated < Length / 2, $"{allocated} bytes were allocated");
        TestContext.Current.TestOutputHelper?.WriteLine($"{allocated >> 10} KiB allocated");
    }

    private sealed class HashingStream : MemoryStream
    {
        private long _length;

        public override long Length => _length;

        public override ValueTask WriteAsync(ReadOnlyMemory<byte> buffer, CancellationToken cancellationToken = default)
        {
            if (buffer.Span.ContainsAnyExcept((byte)0))
                throw new CryptographicException("a byte is wrong");
            _length += buffer.Length;
            return ValueTask.CompletedTask;
        }
    }

    private sealed class EndlessStream(long failAfter = long.MaxValue) : MemoryStream
    {
        private long _read;

        public override ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
        {
            if (_read > failAfter)
                throw new InvalidDataException("the backup is damaged");
            _read += buffer.Length;
            return ValueTask.FromResult(buffer.Length);
        }
    }
}
