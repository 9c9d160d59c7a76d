using System.Diagnostics;
using UpgradeOps.Engine.Databases.PostgreSql;
using UpgradeOps.Engine.Databases.Tools;

namespace UpgradeOps.Engine.Tests.Databases;

/// <summary>The script around <c>pg_restore</c>, run by this machine's shell with doubles of the tools that it asks.</summary>
public sealed class StagedRestoreTests : IDisposable
{
    private const string Archive = "an archive of some bytes";

    private readonly string _folder = Directory.CreateTempSubdirectory("upgradeops-staged-").FullName;

    public StagedRestoreTests()
    {
        Directory.CreateDirectory(Tools);
        Directory.CreateDirectory(Temp);
        Double("nproc", "echo 4");
        Room("/dev/sda1", 10 << 20);
        Parts(9);
    }

    private string Tools => Path.Combine(_folder, "bin");

    private string Temp => Path.Combine(_folder, "tmp");

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public void An_archive_is_loaded_from_a_file_by_several_connections_and_removed()
    {
        var (code, told) = Run(Load(connections: 20));
        Assert.Equal(0, code);
        Assert.Equal($"--exit-on-error --jobs=4 <{Archive}> -rw------- drwx------", told);
        Assert.Empty(Directory.GetFileSystemEntries(Temp));
    }

    [Theory]
    [InlineData(3, 9, "--jobs=3")] // what the server has to spare
    [InlineData(20, 2, "--jobs=2")] // what there is to do
    [InlineData(20, 0, "--single-transaction")]
    public void No_more_connections_than_are_of_use(int connections, int parts, string option)
    {
        Parts(parts);
        Assert.Contains($" {option} <{Archive}>", Run(Load(connections)).Told);
    }

    [Theory]
    [InlineData("/dev/sda1", 3)]
    [InlineData("tmpfs", 10 << 20)]
    public void Without_room_on_a_disk_it_is_loaded_as_it_comes(string disk, int kib)
    {
        Room(disk, kib);
        Assert.Equal((0, $"--exit-on-error --single-transaction <{Archive}>"), Run(Load(20)));
        Assert.Empty(Directory.GetFileSystemEntries(Temp));
    }

    [Theory]
    [InlineData("nproc", "echo 1")]
    [InlineData("df", "exit 1")]
    [InlineData("mktemp", "exit 1")]
    public void Nor_is_it_put_down_where_a_tool_is_missing_or_there_is_one_processor(string tool, string script)
    {
        Double(tool, script);
        Assert.Equal((0, $"--exit-on-error --single-transaction <{Archive}>"), Run(Load(20)));
    }

    [Theory]
    [InlineData("12.3 (Debian 12.3-1.pgdg100+1)", "--single-transaction")]
    [InlineData("9.6.24", "--single-transaction")]
    [InlineData("13.0", "--jobs=4")]
    [InlineData("17.2", "--jobs=4")]
    public void Old_releases_load_it_as_it_comes(string version, string option)
    {
        Parts(9, version);
        Assert.Contains($" {option} <{Archive}>", Run(Load(20)).Told);
    }

    [Theory]
    [InlineData(10 << 20, "--jobs=4")]
    [InlineData(3, "--single-transaction")]
    public void What_comes_packed_is_unpacked_before_it_is_loaded(int kib, string option)
    {
        Room("/dev/sda1", kib);
        Double("unpack", "[ \"$*\" = -dcq ] && tr a-z A-Z");
        Assert.Contains($" {option} <{Archive.ToUpperInvariant()}>", Run(Load(20, "unpack")).Told);
    }

    [Fact]
    public void What_unpacks_to_more_than_was_told_is_cut_off_and_not_loaded()
    {
        Double("unpack", "cat; cat /dev/zero");
        var (code, told) = Run(Load(20, "unpack"));
        Assert.NotEqual(0, code);
        Assert.Matches($@"\b\d{{2,4}} bytes of the archive arrived instead of {Archive.Length}$", told);
        Assert.Empty(Directory.GetFileSystemEntries(Temp));
    }

    [Fact]
    public void A_disk_that_is_full_is_no_damaged_archive()
    {
        Double("unpack", "echo 'zstd: error 70 : Write error : No space left on device' >&2; exit 70");
        Assert.Equal((1, "zstd: error 70 : Write error : No space left on device"), Run(Load(20, "unpack")));
        Assert.Empty(Directory.GetFileSystemEntries(Temp));
    }

    [Fact]
    public void An_archive_that_did_not_arrive_whole_is_not_loaded()
    {
        var (code, told) = Run(StagedRestore.Archive(Restore, Archive.Length + 1, 4, null));
        Assert.NotEqual(0, code);
        Assert.Equal($"{Archive.Length} bytes of the archive arrived instead of {Archive.Length + 1}", told);
        Assert.Empty(Directory.GetFileSystemEntries(Temp));
    }

    [Fact]
    public void A_failed_load_says_so_and_leaves_no_file()
    {
        Double("pg_restore", "echo broken >&2; exit 3");
        Assert.Equal((3, "broken"), Run(Load(4)));
        Assert.Empty(Directory.GetFileSystemEntries(Temp));
    }

    [Fact]
    public void What_killed_loads_left_is_removed_but_never_a_living_ones()
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "There is no shell.");
        using var living = Process.Start(new ProcessStartInfo("sh", ["-c", "read -r _", "upgradeops-load"]) { RedirectStandardInput = true })!;
        var alive = Directory.CreateDirectory(Path.Combine(Temp, $"upgradeops-load.{living.Id}.abcdef")).FullName;
        var dead = Directory.CreateDirectory(Path.Combine(Temp, "upgradeops-load.99999999.abcdef")).FullName;
        var another = Directory.CreateDirectory(Path.Combine(Temp, $"upgradeops-load.{Environment.ProcessId}.abcdef")).FullName;
        File.WriteAllText(Path.Combine(dead, "dump"), Archive);
        var outside = Directory.CreateDirectory(Path.Combine(_folder, "outside")).FullName;
        Directory.CreateSymbolicLink(Path.Combine(Temp, "upgradeops-load.99999998.abcdef"), outside);
        try
        {
            Assert.Equal((0, ""), Run(StagedRestore.Clear));
            Assert.True(Directory.Exists(alive));
            Assert.False(Directory.Exists(dead));
            Assert.True(Directory.Exists(outside));
            // A process that got the number of a dead one. Without /proc only its number is known.
            Assert.Equal(!Directory.Exists("/proc/self"), Directory.Exists(another));
        }
        finally
        {
            living.StandardInput.Close();
            living.WaitForExit();
        }

        Run(Load(4));
        Assert.False(Directory.Exists(alive));
    }

    private static ToolCommand Restore { get; } = new("pg_restore", "--exit-on-error");

    private static ToolCommand Load(int connections, string? unpacker = null) => StagedRestore.Archive(Restore, Archive.Length, connections, unpacker);

    private void Room(string disk, int kib) => Double("df", $"echo Filesystem; echo '{disk} 99999999 1 {kib} 1% /'");

    /// <summary>Tells its options, and what is in the file or comes on its input.</summary>
    private void Parts(int count, string version = "15.18") => Double(
        "pg_restore",
        $$"""
        [ "$1" != --version ] || { echo 'pg_restore (PostgreSQL) {{version}}'; exit; }
        if [ "$1" = --list ]; then
            i=0; while [ $i -lt {{count}} ]; do echo "$i; 0 16385 TABLE DATA public t$i kmp"; i=$((i + 1)); done
            exit
        fi
        for last; do :; done
        case $last in
            --*) echo "$* <$(cat)>" ;;
            *) echo "${*% *} <$(cat "$last")> $(ls -l "$last" | cut -c1-10) $(ls -ld "${last%/*}" | cut -c1-10)" ;;
        esac
        """);

    private void Double(string tool, string script)
    {
        var path = Path.Combine(Tools, tool);
        File.WriteAllText(path, $"#!/bin/sh\n{script.ReplaceLineEndings("\n")}\n");
        if (!OperatingSystem.IsWindows())
            File.SetUnixFileMode(path, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
    }

    private (int Code, string Told) Run(ToolCommand command)
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "There is no shell.");
        var start = new ProcessStartInfo(command.Tool, command.Arguments) { RedirectStandardInput = true, RedirectStandardOutput = true, RedirectStandardError = true };
        start.Environment["PATH"] = $"{Tools}:{Environment.GetEnvironmentVariable("PATH")}";
        start.Environment["TMPDIR"] = Temp;
        using var process = Process.Start(start)!;
        var error = process.StandardError.ReadToEndAsync(TestContext.Current.CancellationToken);
        try
        {
            process.StandardInput.Write(Archive);
            process.StandardInput.Close();
        }
        catch (IOException)
        {
            // It reads no input.
        }

        var output = process.StandardOutput.ReadToEnd();
        process.WaitForExit();
        return (process.ExitCode, (output + error.Result).Trim());
    }
}
