using UpgradeOps.Engine.Databases.PostgreSql;
using UpgradeOps.Engine.Databases.Tools;
using UpgradeOps.Engine.Hosts.Local;
using UpgradeOps.Engine.Tests.Backups.Fakes;
using UpgradeOps.Engine.Tests.Service;

namespace UpgradeOps.Engine.Tests.Databases;

/// <summary>The script around a dump by several connections, with a tool and a disk that are played.</summary>
public sealed class StagedDumpTests : IDisposable
{
    private readonly ScratchFolder _scratch = new();

    public void Dispose() => _scratch.Dispose();

    [Fact]
    public async Task A_dump_that_would_fill_the_disk_is_ended_and_removed()
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "a POSIX shell");
        Play("df", $"echo head; if [ -e '{_scratch["filling"]}' ]; then echo disk 100000000 99900000 100000 99% /; else echo disk 100000000 1 99999999 1% /; fi");
        Play("pg_dump", $"echo $$ >'{_scratch["pid"]}'; touch '{_scratch["filling"]}'; mkdir -p \"${{1#--file=}}\"; exec sleep 600");

        var (error, output) = await RunAsync();

        Assert.Equal(ErrorIds.DiskTooFull, error?.ErrorId);
        Assert.Contains("less than 2048 MiB were left", error!.Message, StringComparison.Ordinal);
        Assert.Equal(0, output.Length);
        Assert.Empty(Directory.GetDirectories(_scratch["tmp"]));
        Assert.False(ServiceRig.IsAlive(int.Parse(File.ReadAllText(_scratch["pid"]))));
    }

    [Theory]
    [InlineData(0, true)]
    [InlineData(3, false)]
    public async Task What_the_tool_made_comes_as_tar_unless_the_tool_failed(int exitCode, bool comes)
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "a POSIX shell");
        Play("pg_dump", $"folder=${{1#--file=}}; mkdir \"$folder\" && echo contents >\"$folder/toc.dat\"; echo said >&2; exit {exitCode}");

        var (error, output) = await RunAsync();

        Assert.Equal(comes, error is null);
        Assert.Equal(comes, output.Length > 0);
        if (!comes)
            Assert.Contains("pg_dump ended with exit code 3 in here: said", error!.Message, StringComparison.Ordinal);
        Assert.Empty(Directory.GetDirectories(_scratch["tmp"]));
    }

    private void Play(string tool, string script) =>
        File.SetUnixFileMode(_scratch.Write($"bin/{tool}", $"#!/bin/sh\n{script}\n"), UnixFileMode.UserRead | UnixFileMode.UserExecute);

    private async Task<(AppException? Error, MemoryStream Output)> RunAsync()
    {
        Directory.CreateDirectory(_scratch["tmp"]);
        var command = StagedDump.Of(new ToolCommand("pg_dump"), 1 << 20).With("TMPDIR", _scratch["tmp"]);
        var path = $"{_scratch["bin"]}:{Environment.GetEnvironmentVariable("PATH")}";
        var output = new MemoryStream();
        var result = await new HostTools(new LocalHost(), new ServerAddress("127.0.0.1", 1)).RunAsync(command.With("PATH", path), null, output, TestContext.Current.CancellationToken);
        return (result.Succeeded ? null : PostgresFailure.Recognise(new ToolFailure(command.Name, "here", result.ExitCode, result.Error)), output);
    }
}
