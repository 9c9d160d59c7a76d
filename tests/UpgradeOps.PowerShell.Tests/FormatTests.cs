using System.Xml.Linq;

namespace UpgradeOps.PowerShell.Tests;

public class FormatTests
{
    private const int MostColumns = 100;

    private static readonly XDocument Formats = XDocument.Load(ModuleFolder.File("UpgradeOps.format.ps1xml"));

    private static readonly Dictionary<string, Type> Model = System.Reflection.Assembly.LoadFrom(ModuleFolder.File("UpgradeOps.Model.dll"))
        .GetExportedTypes().ToDictionary(t => t.FullName!);

    public static TheoryData<string> Outputs =>
        [.. ModuleFolder.Cmdlets.SelectMany(c => c.Outputs).Where(o => o.StartsWith("UpgradeOps.", StringComparison.Ordinal)).Distinct()];

    [Theory, MemberData(nameof(Outputs))]
    public void Every_output_has_a_table_and_a_list(string type)
    {
        Assert.Single(Views(type), v => v.Element("TableControl") is not null);
        Assert.Single(Views(type), v => v.Element("ListControl") is not null);
    }

    [Fact]
    public void No_table_is_wider_than_a_terminal() => Assert.All(
        Formats.Descendants("TableControl"),
        t =>
        {
            var widths = t.Descendants("TableColumnHeader").Select(h => (int)h.Element("Width")!).ToList();
            Assert.InRange(widths.Sum() + widths.Count - 1, 1, MostColumns);
            Assert.Equal(widths.Count, t.Descendants("TableColumnItem").Count());
        });

    [Fact]
    public void Every_view_is_of_a_type_and_every_property_is_its_own() => Assert.All(
        Formats.Descendants("View"),
        v =>
        {
            var type = Assert.Contains(v.Descendants("TypeName").Single().Value, Model as IReadOnlyDictionary<string, Type>);
            Assert.All(v.Descendants("PropertyName"), p => Assert.NotNull(type.GetProperty(p.Value)));
        });

    /// <summary>Every word after $_. in a script must be a member, or a view silently shows nothing.</summary>
    [Fact]
    public void Every_script_asks_for_members_that_there_are()
    {
        var members = Model.Values.SelectMany(t => t.GetMembers()).Select(m => m.Name)
            .Concat(["Key", "Value", "Count", "LocalDateTime", "UtcDateTime", "Substring", "Length", "ToString", "GetEnumerator"]).ToHashSet();
        var unknown = from script in Formats.Descendants("ScriptBlock")
                      from System.Text.RegularExpressions.Match match in System.Text.RegularExpressions.Regex.Matches(script.Value, @"\$_((?:\.\w+)+)")
                      from word in match.Groups[1].Value.Split('.', StringSplitOptions.RemoveEmptyEntries)
                      where !members.Contains(word)
                      select $"{word} in {script.Value}";
        Assert.Empty(unknown);
    }

    [Fact]
    public void Colours_come_from_PSStyle_alone() => Assert.DoesNotContain(Formats.Descendants("ScriptBlock"), s => s.Value.Contains('\u001b') || s.Value.Contains("`e["));

    /// <summary>Records with lists lose them in a job unless their depth is declared.</summary>
    [Theory, MemberData(nameof(Outputs))]
    public void Every_output_says_how_deep_it_is_serialised(string type) => Assert.Contains(
        XDocument.Load(ModuleFolder.File("UpgradeOps.types.ps1xml")).Descendants("Type"),
        t => t.Element("Name")!.Value == type && t.Descendants("Value").Any());

    private static IEnumerable<XElement> Views(string type) => Formats.Descendants("View").Where(v => v.Descendants("TypeName").Any(t => t.Value == type));
}
