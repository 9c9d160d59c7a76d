using System.Security.Cryptography;
using UpgradeOps.Engine.Progress;
using UpgradeOps.Integration.Hosts;
using UpgradeOps.Integration.Updates;

namespace UpgradeOps.Integration.Stores.Ssh;

/// <summary>An application on an SSH host whose backups are copied back to that host, through the built console: killed, cut, and restored by another client.</summary>
public sealed class SshStoreConsoleTests : IDisposable
{
    private const int Large = 120 << 20;

    private readonly TempFolder _vault = new("vault-");

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    public void Dispose() => _vault.Dispose();

    [Fact]
    public async Task A_killed_copy_is_gone_on_with_a_cut_one_too_and_another_client_restores()
    {
        Needs.Parts(Part.Ssh);
        await using var world = await SshServiceWorld.StartAsync($"store: {{ ssh: {{ folder: \"{_vault.Path}\" }}, keepLocal: 1 }}\nretention: {{ last: 2 }}");
        Assert.Equal(UpdateStatus.Kept, (await world.UpdateAsync("1.0.0")).Status);
        var bytes = RandomNumberGenerator.GetBytes(Large);
        await File.WriteAllBytesAsync(Path.Combine(world.Shared, "large.bin"), bytes, Token);

        var killed = await world.RunAsync(e => IsCopying(e, Large / 6), "update", world.Definition, "--version", "1.1.0", "--yes");
        Assert.True(killed.KilledAt is not null, killed.ToString());
        Assert.Equal("1.0.0", await world.RunningAsync());
        var part = Assert.Single(Directory.GetFiles(_vault.Path, "*.part", SearchOption.AllDirectories));
        var inode = await InodeAsync(part);
        Assert.True(new FileInfo(part).Length > 0);

        var resumed = (await world.RunAsync(null, "resume", world.Definition)).Result;
        Assert.Equal((UpdateStatus.Kept, "1.1.0"), (resumed.Status, resumed.To));
        var copy = _vault[$"notes/{resumed.BackupIds[0]}"];
        Assert.Contains(inode, await Task.WhenAll(Directory.GetFiles(copy, "*", SearchOption.AllDirectories).Select(InodeAsync)));
        await VerifyAsync(copy);

        // The network fails in the middle of the next one.
        var cuts = 0;
        var made = await world.RunAsync(
            e =>
            {
                if (cuts == 0 && e is { Kind: ProgressKind.Working, BytesDone: > Large / 6 } && Directory.GetFiles(_vault.Path, "*.part", SearchOption.AllDirectories).Length > 0)
                    cuts += world.Server.CutAsync().GetAwaiter().GetResult();
                return false;
            },
            "backup", world.Definition);
        Assert.True(made.ExitCode == 0 && cuts > 0, $"{cuts} cuts: {made}");
        var backups = await world.AskAsync<List<Backup>>("backups", world.Definition);
        Assert.Contains("ssh", backups[0].Stores);
        await VerifyAsync(_vault[$"notes/{backups[0].BackupId}"]);

        // Another client has the definition and its key to the host, and nothing else.
        await File.WriteAllBytesAsync(Path.Combine(world.Shared, "large.bin"), [1, 2, 3], Token);
        using var client = new TempFolder("client2-");
        var environment = world.Environment;
        (environment["UPGRADEOPS_STATE"], environment["UPGRADEOPS_CONFIG"]) = (client["state"], client["config"]);
        var listed = await ConsoleProcess.RunAsync(null, environment, "backups", world.Definition);
        Assert.Contains($"{world.Server.Address}{_vault.Path}/notes/{backups[0].BackupId}", listed.Output, StringComparison.Ordinal);
        Assert.DoesNotContain("\"local\"", listed.Output, StringComparison.Ordinal);
        var restored = await ConsoleProcess.RunAsync(null, environment, "restore", world.Definition, "--backup-id", backups[0].BackupId, "--force");
        Assert.True(restored.ExitCode == 0, restored.ToString());
        Assert.Equal(SHA256.HashData(bytes), SHA256.HashData(await File.ReadAllBytesAsync(Path.Combine(world.Shared, "large.bin"), Token)));
    }

    private static bool IsCopying(ProgressEvent e, long bytes) => e.StepId?.Contains("backup.upload", StringComparison.Ordinal) == true && e.Kind == ProgressKind.Working && e.BytesDone > bytes;

    private static Task<string> VerifyAsync(string folder) => Command.OutputAsync("sh", "-c", $"cd '{folder}' && [ ! -e .copying ] && sha256sum -c --strict SHA256SUMS");

    private static async Task<string> InodeAsync(string file) => (await Command.OutputAsync("stat", "-c", "%i", file)).Trim();
}
