using System.Diagnostics;
using UpgradeOps.Engine.Hosts;
using UpgradeOps.Engine.Hosts.Local;
using UpgradeOps.Engine.Hosts.Work;
using UpgradeOps.Engine.Tests.Service;

namespace UpgradeOps.Engine.Tests.Hosts;

public sealed class LocalWorkTests : DetachedWorkContract
{
    private protected override IHost Host { get; } = new LocalHost();

    /// <summary>As in a container whose first process does not look after orphans.</summary>
    [Fact]
    public async Task What_is_dead_is_not_waited_for_though_its_parent_does_not_notice()
    {
        // Its parent becomes a program that has no children of its own, and never asks after any.
        using var parent = Process.Start(new ProcessStartInfo("sh", ["-c", "setsid sleep 600 & echo $!; exec sleep 600"]) { RedirectStandardOutput = true })!;
        try
        {
            var pid = int.Parse((await parent.StandardOutput.ReadLineAsync(Token))!);
            while (!File.ReadAllText($"/proc/{pid}/stat").StartsWith($"{pid} (sleep)", StringComparison.Ordinal))
                await Task.Delay(10, Token);
            var fields = File.ReadAllText($"/proc/{pid}/stat").Split(") ")[1].Split(' ');
            Directory.CreateDirectory(Folder["dead"]);
            File.WriteAllText(Folder["dead/pid"], $"{pid} {fields[19]} {File.ReadAllText("/proc/sys/kernel/random/boot_id")}");
            Directory.CreateDirectory(Folder["bin"]);
            File.WriteAllText(Folder["bin/sleep"], $"#!/bin/sh\necho x >>'{Folder["waits"]}'\nPATH=/usr/bin:/bin exec sleep \"$@\"\n");
            File.SetUnixFileMode(Folder["bin/sleep"], UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);

            var end = WorkScripts.End(Folder["dead"]) with { Environment = new Dictionary<string, string> { ["PATH"] = $"{Folder["bin"]}:{Environment.GetEnvironmentVariable("PATH")}" } };
            Assert.Equal(0, (await Host.RunAsync(end, Token)).ExitCode);

            Assert.True(File.Exists($"/proc/{pid}/stat"));
            Assert.False(ServiceRig.IsAlive(pid));
            // It gives up after 200.
            Assert.True(!File.Exists(Folder["waits"]) || File.ReadAllLines(Folder["waits"]).Length < 100);
        }
        finally
        {
            parent.Kill();
        }
    }
}
