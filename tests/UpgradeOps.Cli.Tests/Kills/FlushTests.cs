using System.Diagnostics;
using System.Text.RegularExpressions;
using UpgradeOps.KillHost;
using UpgradeOps.KillHost.Matrix;

namespace UpgradeOps.Cli.Tests.Kills;

/// <summary>What a power cut would leave, read from the system calls of a real update: a SIGKILL alone never loses what was written.</summary>
public sealed partial class FlushTests
{
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(2);

    [Fact]
    public async Task Every_journal_line_is_flushed_before_anything_else_and_every_new_name_too()
    {
        Assert.SkipUnless(OperatingSystem.IsLinux() && File.Exists("/usr/bin/strace"), "strace is not installed.");
        Assert.SkipUnless(await MayTraceAsync(), "strace may not trace here.");
        await using var world = (ServiceKillWorld)await ServiceKillWorld.CreateAsync();
        await world.PrepareAsync();
        var trace = Path.Combine(world.StateFolder, "..", "trace.txt");
        var info = new ProcessStartInfo("strace", [
            "-I", "2", "-f", "-y", "-s", "100000", "-qq", "-e", "signal=none", "-e", "trace=write,pwrite64,fsync,fdatasync,rename,renameat,renameat2,mkdir,symlink,symlinkat,link", "-o", trace,
            Path.Combine(AppContext.BaseDirectory, "UpgradeOps.KillHost"), "update", world.AppName, ServiceKillWorld.Good, world.ConfigFolder, world.StateFolder, "0", "0", "-"])
        {
            RedirectStandardOutput = true,
        };
        using (var strace = Process.Start(info)!)
        {
            try
            {
                Assert.Equal("ended Kept", await strace.StandardOutput.ReadLineAsync(TestContext.Current.CancellationToken).AsTask().WaitAsync(Patience));
            }
            finally
            {
                // It would go on following the application, which lives.
                Signals.Send(strace.Id, Signals.Terminate);
                if (!strace.WaitForExit(TimeSpan.FromSeconds(20)))
                    strace.Kill();
            }
        }

        var calls = (await File.ReadAllLinesAsync(trace)).Where(l => !l.Contains(" resumed>", StringComparison.Ordinal)).ToList();
        var writes = calls.Select((c, i) => (Call: c, At: i)).Where(c => JournalWrite().IsMatch(c.Call)).ToList();
        Assert.True(writes.Count > 20, $"only {writes.Count} lines were written: {string.Join('\n', calls.Take(20))}");
        foreach (var (call, at) in writes)
        {
            var flushed = calls.FindIndex(at, c => c.Contains("fsync(", StringComparison.Ordinal) && c.Contains("journal.jsonl", StringComparison.Ordinal));
            Assert.True(flushed > at, $"never flushed: {call}");
            // By the same process, before it changes anything else (what the application itself writes meanwhile is its own).
            var between = calls[(at + 1)..flushed].Where(c => c.Split(' ')[0] == call.Split(' ')[0] && !c.Contains("fsync(", StringComparison.Ordinal));
            Assert.Empty(between);
        }

        AssertFlushed(calls, writes[0].At, "/operations/[^/]*>", "the journal's own folder");
        var mkdir = calls.FindIndex(c => MakesOperation().IsMatch(c));
        AssertFlushed(calls, mkdir, "/operations>", "the folder of operations");
        var renamed = calls.FindIndex(c => c.Contains("rename", StringComparison.Ordinal) && c.Contains("memory.json", StringComparison.Ordinal));
        AssertFlushed(calls, renamed, $"/state/{world.AppName}>", "the folder of the memory");
        Assert.Contains(calls[..renamed], c => c.Contains("fsync(", StringComparison.Ordinal) && c.Contains(".memory.json.", StringComparison.Ordinal));

        // Write-ahead: the switch of the link comes after its intent is on the disk.
        var intent = calls.FindIndex(c => JournalWrite().IsMatch(c) && c.Contains("service.link#1", StringComparison.Ordinal) && c.Contains("intend", StringComparison.Ordinal));
        var link = calls.FindIndex(c => c.Contains("symlink", StringComparison.Ordinal) && c.Contains("releases/1.1.0", StringComparison.Ordinal));
        var onDisk = calls.FindIndex(intent, c => c.Contains("fsync(", StringComparison.Ordinal) && c.Contains("journal.jsonl", StringComparison.Ordinal));
        Assert.True(intent > 0 && onDisk > intent && link > onDisk, $"intent {intent}, on disk {onDisk}, link {link}");
    }

    private static async Task<bool> MayTraceAsync()
    {
        using var tried = Process.Start(new ProcessStartInfo("strace", ["-o", "/dev/null", "true"]) { RedirectStandardError = true })!;
        await tried.StandardError.ReadToEndAsync(TestContext.Current.CancellationToken);
        await tried.WaitForExitAsync(TestContext.Current.CancellationToken);
        return tried.ExitCode == 0;
    }

    private static void AssertFlushed(List<string> calls, int after, string folder, string what)
    {
        Assert.True(after >= 0, $"{what}: never written");
        Assert.True(calls.FindIndex(after, c => Regex.IsMatch(c, $"fsync\\(\\d+<[^>]*{folder}")) > after, $"{what} is not flushed");
    }

    [GeneratedRegex("""p?write(64)?\(\d+<[^>]*journal\.jsonl>""")]
    private static partial Regex JournalWrite();

    [GeneratedRegex("""mkdir\("[^"]*/operations/[^/"]+""")]
    private static partial Regex MakesOperation();
}
