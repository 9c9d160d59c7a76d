using UpgradeOps.Engine.Operations;
using UpgradeOps.Integration.Updates;

namespace UpgradeOps.Integration.Kills;

/// <summary>
/// A command that puts data back on the way to the old version, cut off by a real SIGKILL: nobody can know what it did. Whoever goes on is
/// asked, and only who says so has it run again.
/// </summary>
public sealed class UncertainUndoTests(RegistryFixture registry) : IClassFixture<RegistryFixture>
{
    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task A_command_that_a_kill_cut_off_in_an_undo_is_repeated_only_when_a_person_says_so(bool byPerson)
    {
        Needs.Stack();
        await registry.Images.PublishAsync(KmpRelease.V130 with { Version = "v1.3.7", Reports = "v1.3.6" });
        await using var stack = await KmpStack.StartAsync(registry.Images, new KmpStackOptions { Database = DatabaseKind.Postgres });
        using var folder = new TempFolder("uncertain-");
        using var admin = new Admin();
        var name = await RegisterAsync(stack, admin, folder, byPerson ? "stop" : "restore");
        await stack.WriteAsync("before");

        if (byPerson)
        {
            var kept = await admin.UpdateAsync(name, version: "v1.3.0");
            Assert.True(kept.Status == UpdateStatus.Kept, Outcomes.Describe(kept));
            await ConsoleProcess.KillWhenAsync(() => Runs(folder) == 1, null, ["undo", name, "--data", "restore", "--force", .. admin.Folders]);
        }
        else
        {
            await ConsoleProcess.KillWhenAsync(() => Runs(folder) == 1, null, ["update", name, "--version", "v1.3.7", "--yes", .. admin.Folders]);
        }

        for (var twice = 0; twice < 2; twice++)
        {
            var asked = await new ResumeUpdate(admin.NewSession()).RunAsync(new ResumeOptions { Name = name }, CancellationToken.None);
            Assert.True((asked.Status, asked.Error?.ErrorId) == (UpdateStatus.NeedsAttention, ErrorIds.StepUncertain), Outcomes.Describe(asked));
            Assert.Contains("nothing shows whether it took effect", asked.Error!.Message, StringComparison.Ordinal);
            Assert.Contains($"Resume-AppUpdate -Name {name} -Force", asked.Next, StringComparison.Ordinal);
            Assert.Equal(1, Runs(folder));
        }

        await File.WriteAllTextAsync(folder["gate"], "");
        var forced = await new ResumeUpdate(admin.NewSession()).RunAsync(new ResumeOptions { Name = name, Force = true }, CancellationToken.None);
        Assert.True(forced.Status == (byPerson ? UpdateStatus.Kept : UpdateStatus.Undone), Outcomes.Describe(forced));
        Assert.Equal(2, Runs(folder));
        Assert.Equal("v1.0.0", await stack.VersionAsync());
        Assert.Equal("before", await stack.SqlAsync("SELECT note FROM entries"));
        Assert.Null((await admin.StatusAsync(name)).PendingOperation);
    }

    private static async Task<string> RegisterAsync(KmpStack stack, Admin admin, TempFolder folder, string policy)
    {
        // It says that it runs, and waits; it gives up by itself, for its parent is killed.
        var restore = $"cat >/dev/null; echo once >> {folder["reached"]}; n=0; until [ -e {folder["gate"]} ] || [ $n -gt 600 ]; do sleep 0.1; n=$((n + 1)); done";
        var definition = await File.ReadAllTextAsync(stack.DefinitionPath);
        await File.WriteAllTextAsync(stack.DefinitionPath, definition
            .Replace("{ volume: kmp-uploads }", $"{{ command: {{ name: words, run: [echo, hello], restore: [sh, -c, \"{restore}\"] }} }}", StringComparison.Ordinal)
            .Replace("data: stop", $"data: {policy}", StringComparison.Ordinal));
        return await admin.RegisterAsync(stack);
    }

    private static int Runs(TempFolder folder) => File.Exists(folder["reached"]) ? File.ReadAllLines(folder["reached"]).Length : 0;
}
