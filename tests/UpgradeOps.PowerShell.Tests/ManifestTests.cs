using System.Text.RegularExpressions;
using System.Xml.Linq;

namespace UpgradeOps.PowerShell.Tests;

public partial class ManifestTests
{
    private static readonly string Text = File.ReadAllText(ModuleFolder.File("UpgradeOps.psd1"));

    [Fact]
    public void Exports_exactly_the_cmdlets_that_there_are() =>
        Assert.Equal(ModuleFolder.Cmdlets.Select(c => c.Name).Order(StringComparer.Ordinal), List("CmdletsToExport").Order(StringComparer.Ordinal));

    [Theory]
    [InlineData("FunctionsToExport")]
    [InlineData("VariablesToExport")]
    [InlineData("AliasesToExport")]
    [InlineData("DscResourcesToExport")]
    public void Exports_nothing_of_other_kinds_by_an_empty_list(string key) => Assert.Matches($@"{key}\s*=\s*@\(\)", Text);

    [Fact]
    public void Has_the_version_of_the_solution()
    {
        var version = XDocument.Load(Path.Combine(ModuleFolder.Repository, "Directory.Build.props")).Descendants("Version").Single().Value;
        Assert.Matches($@"ModuleVersion\s*=\s*'{Regex.Escape(version)}'", Text);
    }

    [Fact]
    public void Every_file_that_it_names_is_there()
    {
        string[] named = [Value("RootModule"), .. List("RequiredAssemblies"), .. List("TypesToProcess"), .. List("FormatsToProcess")];
        Assert.All(named, f => Assert.True(File.Exists(ModuleFolder.File(f)), f));
    }

    private static string Value(string key) => Regex.Match(Text, $@"{key}\s*=\s*'([^']*)'").Groups[1].Value;

    private static IEnumerable<string> List(string key) =>
        Quoted().Matches(Regex.Match(Text, $@"{key}\s*=\s*@\(([^)]*)\)").Groups[1].Value).Select(m => m.Groups[1].Value);

    [GeneratedRegex("'([^']*)'")]
    private static partial Regex Quoted();
}
