namespace UpgradeOps.Cli.Tests;

public sealed class ExitCodeTests
{
    [Fact]
    public void Every_status_has_a_code_of_its_own()
    {
        var codes = Enum.GetValues<UpdateStatus>().Select(ExitCodes.Of).ToList();

        Assert.Equal(codes.Count, codes.Distinct().Count());
        Assert.DoesNotContain(ExitCodes.Error, codes);
        Assert.DoesNotContain(ExitCodes.Usage, codes);
        Assert.All(Enum.GetValues<UpdateStatus>().Where(s => s != UpdateStatus.Kept), s =>
            Assert.Equal(s.ToString(), ExitCodes.Table.Single(r => r.Code == ExitCodes.Of(s)).Name));
    }

    [Fact]
    public void The_page_says_what_the_table_says()
    {
        var page = File.ReadAllLines(Path.Combine(AppContext.BaseDirectory, "exit-codes.md")).Where(l => l.StartsWith("| ", StringComparison.Ordinal)).Skip(1);

        Assert.Equal(ExitCodes.Table.Select(r => $"| {r.Code} | {r.Name} | {r.Meaning} |"), page);
    }
}
