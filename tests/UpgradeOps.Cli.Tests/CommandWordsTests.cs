using UpgradeOps.Cli.CommandLine;
using UpgradeOps.Cli.Output;

namespace UpgradeOps.Cli.Tests;

public sealed class CommandWordsTests
{
    [Theory]
    [InlineData("Undo-AppUpdate -Name kmp -Data Keep", "upgradeops undo kmp --data keep")]
    [InlineData("Resume-AppUpdate -Name kmp -Force   (does the step again; or Undo-AppUpdate -Name kmp)", "upgradeops resume kmp --force   (does the step again; or upgradeops undo kmp)")]
    [InlineData("Get-App lists the registered applications; Register-App -Path <definition.yaml> adds one.", "upgradeops apps lists the registered applications; upgradeops register <definition.yaml> adds one.")]
    [InlineData("Choose another version, or name this one with -Version and -Force.", "Choose another version, or name this one with --version and --force.")]
    [InlineData("Invoke-AppUpdate -Name kmp -Version 1.2 -OperationId x", "upgradeops update kmp --version 1.2 --operation-id x")]
    [InlineData("Run it again with -Confirm:$false, or with -Force, once you know what it will do.", "Run it again with --yes, or with --force, once you know what it will do.")]
    [InlineData("systemctl start docker-Force", "systemctl start docker-Force")]
    public void Cmdlets_become_verbs(string engine, string console) => Assert.Equal(console, CommandWords.ForConsole(engine));

    [Fact]
    public void Every_verb_exists()
    {
        var verbs = VerbList.All().Select(v => v.Name).ToList();

        Assert.All(CommandWords.Verbs.Values, v => Assert.Contains(v, verbs));
    }

    [Fact]
    public void The_catalogue_leaves_no_cmdlet_untranslated() =>
        Assert.All(ErrorCatalogue.All, e => Assert.DoesNotMatch(@"[A-Z][a-z]+-App|(?<![\w-])-[A-Z]\w+", CommandWords.ForConsole(e.DefaultAction)));
}
