using System.Diagnostics;
using UpgradeOps.Engine.Hosts.Ssh;
using UpgradeOps.Engine.Tests.Service;

namespace UpgradeOps.Engine.Tests.Hosts;

/// <summary>What a lost connection left is ended, whichever shell the host has: their <c>kill</c> differ.</summary>
public sealed class RemoteGroupEndTests
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData("dash")]
    [InlineData("bash")]
    [InlineData("busybox", "sh")]
    public async Task A_group_is_gone_when_its_end_was_asked_for_and_another_one_of_that_number_stays(params string[] shell)
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "Linux's /proc");
        Assert.SkipUnless(Environment.GetEnvironmentVariable("PATH")!.Split(':').Any(f => File.Exists(Path.Combine(f, shell[0]))), $"{shell[0]} is not here.");
        using var parent = Process.Start(new ProcessStartInfo("sh", ["-c", "setsid sleep 600 & echo $!; exec sleep 600"]) { RedirectStandardOutput = true })!;
        try
        {
            var pid = int.Parse((await parent.StandardOutput.ReadLineAsync(Token))!);
            while (!File.ReadAllText($"/proc/{pid}/stat").StartsWith($"{pid} (sleep)", StringComparison.Ordinal))
                await Task.Delay(10, Token);
            var start = long.Parse(File.ReadAllText($"/proc/{pid}/stat").Split(") ")[1].Split(' ')[19]);

            await RunAsync(shell, new RemoteGroup(pid, start + 1).EndScript);
            Assert.True(ServiceRig.IsAlive(pid));
            await RunAsync(shell, new RemoteGroup(pid, start).EndScript);
            Assert.False(ServiceRig.IsAlive(pid));
        }
        finally
        {
            parent.Kill();
        }
    }

    private static async Task RunAsync(string[] shell, string script)
    {
        using var run = Process.Start(new ProcessStartInfo(shell[0], [.. shell[1..], "-c", script]))!;
        await run.WaitForExitAsync(Token);
    }
}
