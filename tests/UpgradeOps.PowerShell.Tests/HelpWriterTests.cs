using System.Xml.Linq;
using UpgradeOps.HelpWriter;

namespace UpgradeOps.PowerShell.Tests;

public class HelpWriterTests
{
    private const string Page = """
        # Get-Thing

        Gets a thing,
        or two.

        What it is: `code` and **more**.

        ## Parameters

        ### Name

        Its name.

        ## Examples

        ### One

        ```powershell
        Get-Thing x
        ## not a heading
        ```

        What comes of it.

        ### Two

        ```powershell
        Get-Thing y
        ```

        The other.

        ## Outputs

        ### My.Thing

        The thing.
        """;

    private static readonly Cmdlet Thing = new("Get", "Thing", false, "", ["My.Thing"], [Parameter("Name")]);

    [Fact]
    public void Reads_a_page()
    {
        var page = HelpPage.Parse("Get-Thing.md", Page);
        Assert.Equal(("Get-Thing", "Gets a thing, or two."), (page.Name, page.Synopsis));
        Assert.Equal(["What it is: code and more."], page.Description);
        Assert.Equal(["Its name."], page.Parameters["Name"]);
        Assert.Equal(["One", "Two"], page.Examples.Select(e => e.Title));
        Assert.Equal("Get-Thing x\n## not a heading", page.Examples[0].Code);
        Assert.Equal(["What comes of it."], page.Examples[0].Remarks);
    }

    [Fact]
    public void Finds_nothing_wrong_with_a_whole_page() => Assert.Empty(Check(Thing, Page));

    [Theory]
    [InlineData("### Name", "### Nmae", "says nothing about -Name")]
    [InlineData("### Name", "### Nmae", "tells of -Nmae")]
    [InlineData("Its name.", "", "says nothing about -Name")]
    [InlineData("My.Thing", "My.Other", "says nothing about the output My.Thing")]
    [InlineData("# Get-Thing", "# Get-Other", "no cmdlet 'Get-Other'")]
    [InlineData("# Get-Thing", "# Get-Other", "Get-Thing: error: has no help page")]
    [InlineData("Get-Thing y", "Get-Item y", "example 'Two'")]
    [InlineData("What it is: `code` and **more**.", "", "no description")]
    [InlineData("## Outputs", "## Output", "unknown section 'Output'")]
    public void Finds_what_is_missing_or_too_much(string whole, string broken, string fault) =>
        Assert.Contains(Check(Thing, Page.Replace(whole, broken)), f => f.Contains(fault, StringComparison.Ordinal));

    [Fact]
    public void Asks_for_two_examples() =>
        Assert.Contains(Check(Thing, Page.Remove(Page.IndexOf("### Two", StringComparison.Ordinal))), f => f.Contains("has 1 of 2 examples", StringComparison.Ordinal));

    [Fact]
    public void Shipped_help_tells_of_every_cmdlet_and_parameter()
    {
        XNamespace command = "http://schemas.microsoft.com/maml/dev/command/2004/10", maml = "http://schemas.microsoft.com/maml/2004/10";
        var help = XDocument.Load(ModuleFolder.File("en-US", "UpgradeOps.dll-Help.xml")).Descendants(command + "command")
            .ToDictionary(
                c => c.Descendants(command + "name").First().Value,
                c => c.Element(command + "parameters")!.Elements().Select(p => p.Element(maml + "name")!.Value).Except(["WhatIf", "Confirm"]).Order(StringComparer.Ordinal));
        Assert.Equal(ModuleFolder.Cmdlets.Select(c => c.Name), help.Keys.Order(StringComparer.Ordinal));
        Assert.All(ModuleFolder.Cmdlets, c => Assert.Equal(c.Parameters.Select(p => p.Name).Order(StringComparer.Ordinal), help[c.Name]));
    }

    private static IEnumerable<string> Check(Cmdlet cmdlet, string text)
    {
        var page = HelpPage.Parse("Get-Thing.md", text);
        return page.Faults.Concat(Parity.Check([cmdlet], [page]));
    }

    private static CmdletParameter Parameter(string name) =>
        new(name, "String", false, false, false, [], [], new Dictionary<string, ParameterUse> { [""] = new(true, 0, true, true) });
}
