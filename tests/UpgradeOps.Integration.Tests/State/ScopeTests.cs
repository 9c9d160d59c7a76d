using UpgradeOps.Engine.Apps.Definition;
using UpgradeOps.Engine.State;
using UpgradeOps.StateContract;

namespace UpgradeOps.Integration.State;

/// <summary>Where state stands by default for root and for another user, and that it is nobody else's there.</summary>
public sealed class ScopeTests
{
    private const int Nobody = 65534;

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Each_has_a_private_folder(bool root)
    {
        Assert.SkipUnless(Environment.IsPrivilegedProcess, "Only root can become another user.");
        var name = $"scope-{Guid.NewGuid():N}"[..20];
        using var home = new TempFolder("home-");
        await Command.OutputAsync("chown", $"{Nobody}:{Nobody}", home.Path);
        string[] become = root ? [] : ["setpriv", $"--reuid={Nobody}", $"--regid={Nobody}", "--clear-groups"];
        if (!root && (await Command.RunAsync(become[0], [.. become[1..], "test", "-r", typeof(StateHost.Program).Assembly.Location])).ExitCode != 0)
        {
            Assert.Skip("Another user may not read the folder of the tests.");
        }

        var folder = root ? $"/var/lib/upgradeops/{name}" : home[$".local/state/upgradeops/{name}"];
        try
        {
            string[] loose = [.. become, "env", "-u", "UPGRADEOPS_STATE", "-u", "XDG_STATE_HOME", $"HOME={home.Path}", "sh", "-c", "umask 000; exec \"$@\"", "sh"];
            await using var owner = StateProcess.Start(name, new StateDefinition(), null, loose);
            await owner.DoAsync("take");
            await owner.DoAsync($"append op {JournalLine.Seal("""{"seq":1}""")}");
            await owner.DoAsync("keep op .env");
            var listed = await Command.OutputAsync("find", folder, "-printf", "%y %m %U\n");
            var user = root ? 0 : Nobody;
            Assert.All(listed.Split('\n', StringSplitOptions.RemoveEmptyEntries), l => Assert.True(l == $"d 700 {user}" || l == $"f 600 {user}", l));

            await using var other = StateProcess.Start(name, new StateDefinition(), null, loose);
            Assert.StartsWith(ErrorIds.LockHeld, await other.AskAsync("take"), StringComparison.Ordinal);
        }
        finally
        {
            if (Directory.Exists(folder))
            {
                Directory.Delete(folder, recursive: true);
            }
        }
    }
}
